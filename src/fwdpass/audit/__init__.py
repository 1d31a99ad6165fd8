"""The audit: hold a built site against what the build executed, and find every number that somebody typed."""

from fwdpass.audit.facts import Facts, Passage, Typed
from fwdpass.audit.page import Finding
from fwdpass.audit.site import LEDGER, Fault, Report, audit_site, dumped, load

__all__ = ["LEDGER", "Facts", "Fault", "Finding", "Passage", "Report", "Typed", "audit_site", "dumped", "load"]
