"""The form as ``triage serve --report`` starts it."""

from dashboard import logs
from dashboard.report.application import make_app
from triage.app import open_form

logs.install()
app = make_app(open_form())
