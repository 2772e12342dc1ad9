"""Texts that would become code wherever a text can, and a town in which every text is one of them."""

from dataclasses import replace

import hamlet as towns

from planner.districts import Barrier, District
from planner.geo import LonLat
from planner.plan import Reason, Term
from planner.register import Register
from planner.teams import Agency, Officer, Team

RUN = "window.__pwned=1"
PAYLOADS = (
    "{{7*7}}",
    "{{cycler.__init__.__globals__.os.mkdir(cycler.__name__)}}",
    "{% for x in range(9) %}{{x}}{% endfor %}",
    "{#5 楼}",
    "{% 3 %}",
    f"<script>{RUN}</script>",
    f"</script><script>{RUN}</script>",
    "</script",
    "<!--<script>",
    "-->",
    f"<img src=http://evil.example/x onerror={RUN}>",
    f"<svg onload={RUN}>",
    "<iframe src=//evil.example></iframe>",
    "<style>*{display:none}</style>",
    "</title><base href=//evil.example/>",
    f'<a href="javascript:{RUN}">x</a>',
    f"${{{RUN}}}",
    f"`+({RUN})+`",
    f"';{RUN};'",
    f'";{RUN};"',
    f"\\';{RUN};//",
    f"\\u003cimg src=x onerror={RUN}\\u003e",
    f"\\x3cimg src=x onerror={RUN}\\x3e",
    f"&lt;img src=x onerror={RUN}&gt;&#60;b&#62;&amp;",
    "a\u2028b\u2029c",
    "\u202egnp.exe\u202c RTL",
    "tab\tline\nreturn\rnul\x00bell\x07esc\x1bdel\x7fnel\x85end",
    "__proto__",
    "constructor",
    "{n} {at} {name}",
    "%s %(x)s %n",
    "]]>]]&gt;",
    "👩‍👩‍👧‍👦 𠮷野家 é é ½ ⼀组",
    "长" * 3000,
    "  spaces  around  ",
    "W" * 400,
    f"<math><mtext></table><mglyph><style><img src=x onerror={RUN}>",
    f"<svg><script>{RUN}</script></svg>",
    f"<details open ontoggle={RUN}>",
    f"<input autofocus onfocus={RUN}>",
    f"<video><source onerror={RUN}></video>",
    f"<body onpageshow={RUN}>",
    f"<object data='javascript:{RUN}'></object>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<form target=x><button formaction=//evil.example>x</button></form>",
    "<textarea></textarea></template></noscript></select>",
    f"<![CDATA[<script>{RUN}</script>]]>",
    f"<!-- --!><script>{RUN}</script>",
    f"javascript:{RUN}",
    f"data:text/html,<script>{RUN}</script>",
    "//evil.example/x",
    "url(//evil.example/x.png)",
    "expression(alert(1))",
    "</style><script>",
    f'"onmouseover={RUN} x="',
    f"'onmouseover={RUN} x='",
    f"&#x3c;script&#x3e;{RUN}&#x3c;/script&#x3e;",
    f"%3Cscript%3E{RUN}%3C/script%3E",
    f"\\u{{3c}}script\\u{{3e}}{RUN}",
    "\\",
    "\\n\\r\\0",
    '=HYPERLINK("//evil.example")',
    "+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "-2+3+cmd|' /C calc'!D2",
    "hasOwnProperty",
    "toString",
    "null",
    "undefined",
    "NaN",
    "0",
    "$& $1 $` $' $$",
    "\ufeffbom\u200bzero\u00adsoft",
    "\u2066isolate\u2069 ar",
    "ﷺ ʘ‿ʘ ¯\\_(ツ)_/¯",
)
assert len(set(PAYLOADS)) >= 60


def hostile_place(number, text):
    """An enterprise of which every text is hostile; two in each place, as in a mall."""
    place = {"name": text, "address": text, "operator": text, "opening_hours": text, "credit_code": text}
    return towns.enterprise(f"{text}#{number}", 121.4 + number // 2 * 0.001, 31.2, **place)


def hostile_town():
    """
    Each payload in every text field: a stop, a team, an officer, a district and a river for each, and one left over.

    A last team, ``all``, has all the stops of a second day.
    """
    visited = [hostile_place(k, text) for k, text in enumerate(PAYLOADS)]
    left = [hostile_place(k + 100, text) for k, text in enumerate(PAYLOADS)]
    others = [hostile_place(k + 200, text) for k, text in enumerate(PAYLOADS)]
    start = LonLat(121.41, 31.205)
    teams = [Team(f"{text}!", text, start, start, (f"O{k}",)) for k, text in enumerate(PAYLOADS)]
    teams.append(Team("all", PAYLOADS[0], start, start, tuple(f"O{k}" for k in range(len(PAYLOADS)))))
    visits = [
        towns.visit(
            place.enterprise_id,
            (9 + k // 8) * 3600,
            lookback_id=f"LB-{text}",
            reasons=(Reason(Term.KIND, 5, text, (text,)),),
            mandatory=k % 2 == 0,
        )
        for k, (place, text) in enumerate(zip(visited, PAYLOADS, strict=True))
    ]
    register = Register(
        enterprises=(*visited, *left, *others),
        violations=tuple(
            replace(towns.violation(place.enterprise_id), violation_id=f"V-{text}", note=text)
            for place, text in zip(visited, PAYLOADS, strict=True)
        ),
        teams=tuple(teams),
        officers=tuple(Officer(f"O{k}", text, Agency.CAC, text) for k, text in enumerate(PAYLOADS)),
        districts=tuple(
            District(f"D{k}", text, text, towns.square(121.3 + k * 0.01, 31.1, 0.008), name_en=text)
            for k, text in enumerate(PAYLOADS)
        ),
        barriers=tuple(
            Barrier(f"B{k}", text, (LonLat(121.3, 31.05 + k * 0.01), LonLat(121.5, 31.05 + k * 0.01)), text, width_m=90)
            for k, text in enumerate(PAYLOADS)
        ),
        located={place.enterprise_id: f"D{k}" for k, place in enumerate(visited)},
    )
    unvisited = [
        towns.unvisited(place.enterprise_id, rule=text, reason=text, reason_zh=text, hint=text, hint_zh=text)
        for place, text in zip(left, PAYLOADS, strict=True)
    ]
    duties = [towns.duty(team.team_id, visit) for team, visit in zip(teams, visits, strict=False)]
    plan = towns.made_plan([*duties, towns.duty("all", *visits)], unvisited)
    return replace(plan, plan_id=PAYLOADS[5], bound=replace(plan.bound, proven_by=PAYLOADS[6])), register
