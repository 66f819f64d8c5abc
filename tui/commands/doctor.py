"""The command `doctor`: what is wrong with this machine, the settings and the account, each with what helps.

Its output is made to be pasted into a bug report: it contains no secrets, no keys and no customers' data.
"""

import argparse
import os
import time
from collections.abc import Iterator

from tui.commands.findings import DoctorFinding, Surroundings
from tui.commands.machine_checks import run_checks
from tui.commands.output import PROBLEMS, SUCCESS, guarded, json_line, print_lines
from tui.commands.signals import run_until_signal
from tui.config.choice import ProfileChoice
from tui.config.locations import data_folder, settings_file
from tui.config.profiles import Profile
from tui.config.settings import Settings
from tui.widgets.text import safe

_RETRY_FOR = 5.0


def doctor(options: argparse.Namespace, choice: ProfileChoice | None, problem: str) -> int:
    """Print all findings. `problem`: why there is no choice, if that is an error. Returns 1 if anything is wrong."""
    return guarded(lambda: _doctor(choice, problem, offline=options.offline, as_json=options.json))


def _doctor(choice: ProfileChoice | None, problem: str, *, offline: bool, as_json: bool) -> int:
    profile = choice.profile if choice is not None else None
    around = Surroundings(os.environ, data_folder(), settings_file(), time.time(), profile)
    findings = [*run_checks(around)]
    if problem and not any(finding.area == "settings" and finding.is_problem for finding in findings):
        findings.append(DoctorFinding("account", problem, "Correct it with: sendcloud-orders config edit"))
    if choice is not None and profile is not None and not offline:
        findings += check_service(profile, choice.settings)
    problems = sum(finding.is_problem for finding in findings)
    if as_json:
        entries = [{"area": f.area, "problem": f.is_problem, "text": f.text, "remedy": f.remedy} for f in findings]
        print_lines([json_line({"problems": problems, "findings": entries})])
    else:
        print_lines(safe(line) for line in _lines(findings, problems))
    return PROBLEMS if problems else SUCCESS


def _lines(findings: list[DoctorFinding], problems: int) -> Iterator[str]:
    width = max(len(finding.area) for finding in findings)
    for finding in findings:
        yield f"{'!' if finding.is_problem else ' '} {finding.area:<{width}}  {finding.text}"
        if finding.remedy:
            yield f"  {'':<{width}}  → {finding.remedy}"
    yield f"{problems or 'no'} problem{'' if problems == 1 else 's'} found"


def check_service(profile: Profile, settings: Settings) -> list[DoctorFinding]:
    """Connect to the service of a profile and say what works."""
    from tui.api.errors import InvalidVariable
    from tui.service import check_profile, connect
    from tui.work.connection import check_connection

    try:
        check_profile(profile)
        service = connect(profile, settings, _RETRY_FOR)
    except InvalidVariable as error:
        return [DoctorFinding("network", str(error), f"Correct {error.name} in the environment, or unset it.")]
    except ValueError as error:
        return [DoctorFinding("account", str(error), "Correct it with: sendcloud-orders config edit")]

    async def check() -> Iterator[DoctorFinding]:
        async with service.client as client:
            report = await check_connection(client)
            paused, offset, requests = client.paused_for, client.clock_offset, len(client.log.entries)
        found = [DoctorFinding("service", report.found)] if report.found else []
        found += [DoctorFinding("service", trouble.text, trouble.remedy) for trouble in report.troubles]
        if offset is not None:
            found.append(DoctorFinding("service", f"its clock is {offset:+.0f} seconds from this machine's"))
        remedy = "Wait until then; nothing is sent before." if paused else ""
        state = f"the service asked for a pause of another {paused:.0f} seconds" if paused else "no pause asked for"
        found.append(DoctorFinding("service", f"rate limit: {requests} requests made, {state}", remedy))
        return iter(found)

    try:
        return list(run_until_signal(check()))
    finally:
        service.close()
