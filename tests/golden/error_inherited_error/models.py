from _base import Base


class One(Base):
    pass


class Two(Base):
    owner = None
