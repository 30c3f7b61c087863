#!/usr/bin/env python
# vim: set fileencoding=cp1251 :
from ormgen import Model, fields

class Письмо(Model):
    тема = fields.CharField(max_length=10, default="привет")
