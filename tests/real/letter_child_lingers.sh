#!/bin/sh
# Stands in for a letter child that falls silent but never ends.
exec >/dev/null 2>&1
exec /bin/sleep 60
