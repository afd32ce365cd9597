"""Who reads which address: every name of the URL resolver, with the record it is tried on.

`own` in a case is a record of the own edition, body or organization of the personas; see tests/personas.py.
"""

from __future__ import annotations

from typing import Any

from tests.personas import PERSONAS

PUBLIC = set(PERSONAS)
SIGNED_IN = PUBLIC - {"anonymous", "closed_account"}
STRANGERS = PUBLIC - SIGNED_IN
ADMINISTRATOR = {"administrator"}
ORGANIZERS = {"organizer", "administrator"}
ANY_ORGANIZER = {*ORGANIZERS, "other_organizer"}
OFFICIAL, DELEGATE, NOBODY = {"official"}, {"delegate"}, set()
OFFICIALS, DELEGATES = {"official", "other_official"}, {"delegate", "other_delegate"}
PROPONENTS = ORGANIZERS | DELEGATE
PARTIES = OFFICIAL | DELEGATE
INSIDERS = ORGANIZERS | PARTIES
WITH_A_ROLE = SIGNED_IN - {"nobody"}


def public_cases(w: Any) -> list[tuple[str, list[Any], set[str]]]:
    """(name, arguments, who gets 200 with GET); a name may stand here more than once."""
    asked, signed, held = [w.proposal.folio], [w.agreement.folio], [w.meeting.folio]
    fixed = (
        "healthz",
        "readyz",
        "feed_agreements",
        "feed_proposals",
        "feed_progress",
        "calendar",
        "sitemap",
        "robots",
        "security_txt",
    )
    pages = ("home", "progress", "search", "privacy", "privacy_request", "data", "verify", "ledger", "participants")
    lists = ("editions", "organizations", "agencies", "proposals", "antecedents", "agreements", "meetings")
    files = (*(f"{name}_csv" for name in lists), "participants_csv", "commitments_csv")
    found: list[tuple[str, list[Any], set[str]]] = [(name, [], PUBLIC) for name in (*fixed, *pages, *lists, *files)]
    for kind, key in (("edition", "propia"), ("organization", "ORG-01"), ("agency", "IFE"), ("antecedent", "cumbre")):
        found += [(kind, [key], PUBLIC), (f"{kind}_json", [key], PUBLIC)]
    for suffix in ("", "_json"):
        found += [
            (f"edition{suffix}", ["oculto"], ADMINISTRATOR),
            (f"proposal{suffix}", asked, PUBLIC),
            (f"proposal{suffix}", [w.draft.folio], PROPONENTS),
            (f"proposal{suffix}", [w.returned.folio], PROPONENTS),
            (f"agreement{suffix}", signed, PUBLIC),
            (f"agreement{suffix}", [w.open_agreement.folio], PUBLIC),
            (f"agreement{suffix}", [w.draft_agreement.folio], ORGANIZERS | OFFICIAL),
            (f"agreement_version{suffix}", [*signed, 1], PUBLIC),
            (f"agreement_version{suffix}", [*signed, 2], INSIDERS),
            (f"meeting{suffix}", held, PUBLIC),
            (f"meeting{suffix}", [w.proposed.folio], INSIDERS),
        ]
    return [
        *found,
        ("meetings_calendar", [], PUBLIC),
        ("matrix", [], PUBLIC),
        ("matrix_file", ["csv"], PUBLIC),
        *(("follow", [kind, key], PUBLIC) for kind, key in (("agency", "IFE"), ("proposal", asked[0]), ("agreement", signed[0]))),
        ("follow", ["proposal", w.draft.folio], NOBODY),
        ("follow", ["edition", "propia"], NOBODY),
        *((name, [w.subscription.key], PUBLIC) for name in ("follow_confirm", "follow_leave")),
        ("follow_confirm", ["s-unknown"], NOBODY),
        ("my_calendar", [w.calendar_key], PUBLIC),
        ("my_calendar", ["x"], NOBODY),
        ("by_mail", [w.mail_token], PUBLIC),
        ("by_mail", ["x:y:z"], NOBODY),
        ("choose_language", [], NOBODY),
        ("set_language", [], NOBODY),
        ("styleguide", [], ANY_ORGANIZER),
        ("sitemap_part", ["pages", 1], PUBLIC),
        ("api", [], PUBLIC),
        ("openapi", [], PUBLIC),
        *(("api_list", [name], PUBLIC) for name in ("proposals", "agreements", "commitments", "organizations", "agencies")),
        *(("api_list", [name], PUBLIC) for name in ("meetings", "editions")),
        ("api_list", ["people"], NOBODY),
        ("api_unknown", ["a/b"], NOBODY),
        ("proposal_version", [*asked, 1], PUBLIC),
        ("proposal_version", [w.draft.folio, 1], NOBODY),
        ("attachment", [w.attachment.key], PUBLIC),
        ("attachment", [w.reserved_attachment.key], PROPONENTS),
        *((f"agreement_{form}", signed, PUBLIC) for form in ("pdf", "docx")),
        *((f"agreement_{form}", [w.draft_agreement.folio], ORGANIZERS | OFFICIAL) for form in ("pdf", "docx")),
        *((f"agreement_version_{form}", [*signed, 1], PUBLIC) for form in ("pdf", "docx")),
        *((f"agreement_version_{form}", [*signed, 2], INSIDERS) for form in ("pdf", "docx")),
        *((f"minutes_{form}", held, PUBLIC) for form in ("pdf", "docx")),
        ("minutes_pdf", [w.coming.folio], NOBODY),
        ("opinion_pdf", [w.opinion.proposal.folio, w.opinion.folio], PUBLIC),
        ("matrix_file", ["pdf"], PUBLIC),
        ("agreement_ics", signed, PUBLIC),
        ("agreement_card", signed, PUBLIC),
        ("agreement_card", [w.draft_agreement.folio], NOBODY),
        ("agreement_embed", signed, PUBLIC),
        ("agreement_embed", [w.draft_agreement.folio], NOBODY),
        ("meeting_ics", [w.coming.folio], PUBLIC),
        ("edition_ics", ["propia"], PUBLIC),
        ("edition_ics", ["oculto"], NOBODY),
        ("dossier", signed, PUBLIC),
        ("dossier", [w.draft_agreement.folio], ORGANIZERS | OFFICIAL),
        ("answer_by_mail", [w.invitation_token], PUBLIC),
        ("answer_by_mail", ["x:y:z"], NOBODY),
        ("evidence", [w.evidence.key], PUBLIC),
        ("evidence", [w.reserved_evidence.key], INSIDERS),
        ("paper", [w.paper.key], PUBLIC),
        ("paper", [w.original.key], ORGANIZERS),
    ]


def workspace_cases(w: Any) -> list[tuple[str, list[Any], set[str]]]:
    asked, answered, question = w.proposal.folio, w.answered.folio, w.answered.clarifications.first().folio
    signed, promised, held = w.agreement.folio, w.commitment.folio, w.meeting.folio
    drafted = w.draft_agreement.folio
    item = w.meeting.action_items.first().folio
    cases = [
        ("home", [], SIGNED_IN),
        *((name, [], ANY_ORGANIZER) for name in ("participants", "organizations", "agencies", "organization_new")),
        *((name, [], ANY_ORGANIZER) for name in ("agency_new", "refer", "agreement_new", "meeting_new")),
        ("edition_new", [], ANY_ORGANIZER),
        ("privacy_requests", [], ANY_ORGANIZER),
        ("privacy_request", [w.asked.key], ORGANIZERS),
        ("privacy_request_file", [w.asked.key], NOBODY),
        ("privacy_request_step", [w.asked.key, "extend"], NOBODY),
        ("person_erase", [w.unnamed.person.key], ORGANIZERS),
        *((name, [], SIGNED_IN) for name in ("my_data", "my_data_file")),
        ("my_consent", ["propia", w.named.key], NOBODY),
        *((name, [], ANY_ORGANIZER) for name in ("accounts", "account_invite")),
        ("account", [w.accounts["official"].key], ANY_ORGANIZER),
        ("account", [w.accounts["organizer"].key], ORGANIZERS),
        ("account", [w.accounts["administrator"].key], ADMINISTRATOR),
        *((name, [], ADMINISTRATOR) for name in ("audit", "audit_csv")),
        ("account_step", [w.accounts["official"].key, "close"], NOBODY),
        ("invitation_step", [w.invitation.key, "send"], NOBODY),
        ("mails", [], ANY_ORGANIZER),
        ("mail", [w.message.key], ORGANIZERS),
        ("mail_settings", [], SIGNED_IN),
        ("mail_calendar", [], NOBODY),
        *((name, [], ANY_ORGANIZER) for name in ("closures", "imports")),
        *(
            (name, ["organizations", *form], ANY_ORGANIZER)
            for name, form in (("import_new", []), ("import_template", ["csv"]), ("import_export", ["csv"]))
        ),
        *((name, [w.batch.key], ORGANIZERS) for name in ("import", "import_errors", "import_file")),
        *((name, [w.batch.key], NOBODY) for name in ("import_stop", "import_go_on", "import_mend")),
        ("import_undo", [w.batch.key], ORGANIZERS),
        ("closure_withdraw", [w.closure.key], ANY_ORGANIZER),
        *((name, ["propia"], ORGANIZERS) for name in ("edition", "edition_edit", "table_new", "release")),
        ("edition_stage", ["propia"], NOBODY),
        *((f"edition_{name}", ["propia"], ORGANIZERS) for name in ("sign_sheet", "badges")),
        ("sign_sheet", [held], ORGANIZERS),
        *((f"minutes_{form}", [held], INSIDERS) for form in ("pdf", "docx")),
        ("participant_new", ["propia"], ORGANIZERS),
        *((f"registration{name}", ["propia"], ORGANIZERS) for name in ("", "_state", "_sheet", "_badges")),
        *((f"registration_{name}", ["propia"], ORGANIZERS) for name in ("person", "organization")),
        *((name, ["propia"], ORGANIZERS) for name in ("programme", "session_new")),
        ("session_edit", ["propia", w.session.key], ORGANIZERS),
        ("session_remove", ["propia", w.session.key], NOBODY),
        ("table_edit", ["propia", w.table.number], ORGANIZERS),
        ("participant_edit", ["propia", w.named.key], ORGANIZERS),
        ("organization_edit", ["ORG-01"], ANY_ORGANIZER),
        ("agency_edit", ["IFE"], ANY_ORGANIZER),
        *((name, [], ANY_ORGANIZER | DELEGATES) for name in ("proposals", "proposal_new")),
        *((name, [asked], PROPONENTS) for name in ("proposal", "proposal_present_again")),
        *((f"proposal_{name}", [asked], PROPONENTS) for name in ("merge", "split")),
        *((name, [asked], ORGANIZERS) for name in ("proposal_edit", "proposal_link", "later_action")),
        ("proposal_revise", [asked], PROPONENTS),
        ("proposal_step", [asked, "withdraw"], NOBODY),
        *((name, [answered], ORGANIZERS) for name in ("referral", "referral_extend", "referral_liaisons", "on_behalf")),
        ("referral_step", [answered, "recall"], NOBODY),
        ("referral_remind", [answered], NOBODY),
        ("clarification_remind", [question], NOBODY),
        ("commitment_remind", [promised], NOBODY),
        *((name, [], OFFICIALS) for name in ("queue", "offline", "offline_workbook", "offline_print", "templates")),
        ("template_edit", [w.template.key], OFFICIAL),
        ("review_autosave", [answered], NOBODY),
        ("paper", [w.scan.key], INSIDERS - DELEGATE),
        *((f"review{name}", [answered], OFFICIAL) for name in ("", "_issued", "_ask", "_onward")),
        ("review_position", [answered], NOBODY),
        ("review_step", [answered, "acknowledge"], NOBODY),
        ("review_preview", [answered], NOBODY),
        ("opinion_again", [w.opinion.folio], NOBODY),
        ("condition", [w.opinion.folio, 1], ORGANIZERS | OFFICIAL),
        ("clarification", [question], PROPONENTS),
        *((name, [], WITH_A_ROLE) for name in ("agreements", "commitments", "meetings")),
        ("agreement", [signed], INSIDERS),
        ("agreement", [drafted], ORGANIZERS | OFFICIAL),
        ("agreement_edit", [drafted], ORGANIZERS),
        ("agreement_step", [signed, "conclude"], NOBODY),
        ("accept", [w.open_agreement.folio], OFFICIAL),
        ("agreement_acceptance", [w.open_agreement.folio], ORGANIZERS),
        ("agreement_paper", [signed], ORGANIZERS),
        ("agreement_comment", [drafted], NOBODY),
        ("agreement_take_over", [signed, "IFE"], ORGANIZERS),
        ("follow_up", [], WITH_A_ROLE),
        ("campaign_new", ["propia"], ORGANIZERS),
        ("campaign", [w.campaign.folio], ORGANIZERS),
        *((f"campaign_{name}", [w.campaign.folio], NOBODY) for name in ("ask", "remind")),
        ("reply", [w.validation.folio], OFFICIAL),
        ("agreement_commitments", [drafted], ORGANIZERS),
        ("commitment_new", [drafted], ORGANIZERS),
        ("commitment_edit", [w.draft_agreement.commitments.get().folio], ORGANIZERS),
        ("commitment_remove", [promised], NOBODY),
        ("commitment", [promised], INSIDERS),
        ("report", [promised], INSIDERS),
        *((f"commitment_{name}", [promised], PARTIES) for name in ("extension", "cancel")),
        ("validate", [w.report.folio], DELEGATE),
        ("meeting", [held], INSIDERS),
        ("meeting", [w.proposed.folio], INSIDERS),
        *((name, [w.coming.folio], ORGANIZERS) for name in ("meeting_edit", "meeting_move", "meeting_hold")),
        ("meeting_sheet", [held], ORGANIZERS),
        *((name, [w.coming.folio], NOBODY) for name in ("meeting_tick", "meeting_answer")),
        ("meeting_choose", [w.proposed.folio, 1], NOBODY),
        ("meeting_uninvite", [w.coming.folio], NOBODY),
        ("minutes", [held], INSIDERS),
        ("minutes_write", [held], ORGANIZERS),
        *((name, [held], NOBODY) for name in ("minutes_circulate", "minutes_remark")),
        ("meeting_step", [held, "confirm"], NOBODY),
        ("minutes_step", [held, "approve"], NOBODY),
        ("meeting_action_item", [item], ORGANIZERS | OFFICIAL),
        ("item_commitment", [item], ORGANIZERS),
    ]
    return [(f"workspace:{name}", arguments, who) for name, arguments, who in cases]


def account_cases(w: Any) -> list[tuple[str, list[Any], set[str]]]:
    """Pages of the libraries: signing in for strangers, one's own account for those who signed in."""
    own = ("account_logout", "account_change_password", "account_reauthenticate", "mfa_index", "usersessions_list")
    factors = ("mfa_activate_totp", "mfa_deactivate_totp", "mfa_generate_recovery_codes", "mfa_add_webauthn", "mfa_list_webauthn")
    with_app = {"organizer", "other_organizer", "official", "other_official", "administrator"}
    without_app = SIGNED_IN - with_app
    found = {"mfa_activate_totp": without_app, "mfa_deactivate_totp": with_app}
    return [
        *((name, [], STRANGERS) for name in ("account_login", "account_signup")),
        *((name, [], PUBLIC) for name in ("account_inactive", "account_reset_password", "account_reset_password_done")),
        ("account_reset_password_from_key", ["1", "x-y"], PUBLIC),
        ("account_reset_password_from_key_done", [], PUBLIC),
        *((name, [], SIGNED_IN) for name in own),
        *((name, [], found.get(name, SIGNED_IN)) for name in factors),
        ("account_set_password", [], NOBODY),
        *((f"mfa_{name}", [], NOBODY) for name in ("authenticate", "login_webauthn", "view_recovery_codes")),
        ("mfa_download_recovery_codes", [], NOBODY),
        ("mfa_reauthenticate", [], with_app),
        ("mfa_reauthenticate_webauthn", [], DELEGATE),
        *((f"mfa_{name}_webauthn", [w.passkey.pk], DELEGATE) for name in ("edit", "remove")),
        ("invitation_accept", [], NOBODY),
        ("invitation", [w.invitation.key, w.invitation.token()], NOBODY),
        ("invitation", ["x", "x"], NOBODY),
    ]
