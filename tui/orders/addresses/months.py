"""Names of months and weekdays in ten languages, in the form of `normalize`."""

from typing import Final

_MONTH_NAMES: Final = (
    "january jan januar janner janvier janv januari ene enero gen gennaio styczen stycznia sty janeiro",
    "february feb februar fevrier fev fevr februari febrero febbraio luty lutego lut fevereiro febr",
    "march mar marz mrz mars maart mrt marzo marzec marca marts marco maa maerz",
    "april apr avril avr abril abr aprile kwiecien kwietnia kwi",
    "may mai mei mayo maggio mag maj maja maio",
    "june jun juni juin junio giugno giu czerwiec czerwca cze junho",
    "july jul juli juillet juil julio luglio lug lipiec lipca lip julho",
    "august aug aout aou augustus agosto ago sierpien sierpnia sie augusti",
    "september sep sept septembre septiembre set setiembre settembre sett wrzesien wrzesnia wrz setembro",
    "october oct oktober okt octobre octubre ottobre ott pazdziernik pazdziernika paz outubro out",
    "november nov novembre noviembre listopad listopada lis novembro",
    "december dec dezember dez decembre diciembre dic dicembre grudzien grudnia gru dezembro des",
)
"""Each line: the names of one month in EN, DE, FR, NL, ES, IT, PL, SV, DA, PT, and their abbreviations."""

MONTHS: Final = {name: number for number, names in enumerate(_MONTH_NAMES, 1) for name in names.split()}
"""The number of each month by its names."""

_WEEKDAY_NAMES: Final = (
    "monday mon montag mo lundi lun maandag ma lunes lunedi poniedzialek pon pn mandag man segunda seg",
    "tuesday tue tues dienstag di mardi mar dinsdag martes martedi wtorek wt tisdag tis tirsdag tir terca ter",
    "wednesday wed mittwoch mi mercredi mer woensdag wo miercoles mie mercoledi sroda sr onsdag ons quarta qua",
    "thursday thu thur thurs donnerstag do jeudi jeu donderdag jueves jue giovedi gio czwartek czw torsdag tors tor quinta qui",
    "friday fri freitag fr vendredi ven vrijdag vr viernes vie venerdi piatek pt pi fredag fre sexta sex",
    "saturday sat samstag sonnabend sa samedi sam zaterdag za sabado sab sabato sobota sob lordag lor",
    "sunday sun sonntag so dimanche dim zondag zo domingo dom domenica niedziela niedz nd ndz sondag son feira",
)
"""Each line: one weekday in the same languages; `feira` is the second word of Portuguese ones."""

WEEKDAYS: Final = frozenset(name for names in _WEEKDAY_NAMES for name in names.split())
