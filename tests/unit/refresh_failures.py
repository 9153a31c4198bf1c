"""What becomes of a called refresh for every way in which its call can fail."""

JUDGED_AS = {
    "provider_answer_lost": "answer lost",
    "provider_answer_unreadable": "answer lost",
    "provider_failed": "answer lost",
    "provider_down": "put back",
    "provider_not_reached": "put back",
    "provider_rate_limited": "put back",
    "provider_rate_limited_here": "put back",
    "provider_unavailable": "put back",
    "quota_exhausted": "put back",
    "read_allowance_exhausted": "put back",
    "provider_code_unknown": "put back",
    "access_revoked": "refused",
    "already_registered": "refused",
    "consent_withdrawn": "refused",
    "endpoint_retired": "refused",
    "link_invalid": "refused",
    "login_required": "refused",
    "missing_upstream": "refused",
    "provider_rejected_us": "refused",
    "provider_throttled": "refused",
    "refresh_not_allowed": "refused",
    "refresh_unsupported": "refused",
    "shared": "refused",
}
"""By reason, while there is time for another try; the event it amounts to."""
