"""`import_questions FILE`: questions of the bank from a list."""

from django.utils import timezone

from aftersales.accounts.models import system_user
from aftersales.audit.trail import system_scope
from aftersales.web.import_command import ImportCommand
from training.services import question_lists


class Command(ImportCommand):
    help = (
        "Import questions of exams from an XLSX or CSV file (UTF-8) with the columns code, kind, topic, "
        "goods_type, text, option_a to option_f, answer (letters), explanation and source, or their titles. "
        "One wrong row stops all, unless --keep-good is given. Running it again changes nothing."
    )

    def add_arguments(self, parser):
        parser.add_argument("file", metavar="FILE")
        parser.add_argument("--keep-good", action="store_true", help="bring in the rows without mistakes")

    def handle(self, *args, file, keep_good, **options):
        (path,) = self.files([file])
        by = system_user()
        with system_scope("import_questions", by=by):
            tally = question_lists.import_list(
                path=path, keep_good=keep_good, by=by, now=timezone.now(), refuse=self.refuse
            )
        self.finish(tally)
