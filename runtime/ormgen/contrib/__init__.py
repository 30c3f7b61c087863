"""What ormgen plugs into: one module or package for each framework, imported only by those who use it."""
