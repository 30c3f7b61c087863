"""What is asked: frozen questions and expressions that know no SQL."""
