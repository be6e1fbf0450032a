from django.db import models


class Heartbeat(models.Model):
    """The last sign of life of one part of the system, one row for each name.

    The task cluster writes its own row each minute; a health probe writes another one to prove that the
    database takes writes. Rows are overwritten, never deleted.
    """

    name = models.CharField(max_length=40, primary_key=True)
    beat_at = models.DateTimeField()

    def __str__(self):
        return self.name
