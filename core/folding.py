"""Templates with everything that never changes put together once: what depends on the language alone is rendered once a
language, so a page's cost is that of its own words.

`Loader` reads the templates that Django's cached loader reads. In each it makes one node of every run of texts,
translations without variables, addresses without arguments, static files and tags marked `fixed`, and of includes that
consist of nothing else; and it takes the indentation and the empty lines out of HTML, a third of a list's bytes. What a template means stays
the same: no template knows about this.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from django.conf import settings
from django.template import Context, Origin, Template, TemplateDoesNotExist
from django.template.base import FilterExpression, Node, NodeList, TextNode, TokenType, Variable
from django.template.defaulttags import CommentNode, IfNode, LoadNode, URLNode
from django.template.library import SimpleNode
from django.template.loader_tags import IncludeNode
from django.template.loaders import cached
from django.templatetags.i18n import BlockTranslateNode, TranslateNode
from django.templatetags.static import StaticNode
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from core.quick import quick

INDENTATION = re.compile(r"[ \t]*\n\s*")
#: The end of a line that holds nothing but tags and remarks that write nothing themselves; the line before it has ended already.
SILENT_LINE = re.compile(
    r"(?<=\n)((?:\{%\s*(?:if|elif|else|endif|for|empty|endfor|with|endwith|block|endblock|load|comment|endcomment)\b[^%\n]*%\}"
    r"|\{#[^#\n]*#\})+)\n"
)
#: Where blanks are seen, or belong to the name of a translation.
KEPT = re.compile(r"(<(pre|textarea|script)\b.*?</\2>|{%\s*blocktrans.*?{%\s*endblocktrans)", re.DOTALL)


def fixed(function: Callable[..., Any]) -> Callable[..., Any]:
    """Marks the function of a simple tag whose answer depends on its arguments and the language alone."""
    function.fixed = True  # type: ignore[attr-defined]
    return function


class Fixed(Node):
    """A run of nodes that give the same text on every page in one language."""

    def __init__(self, nodes: list[Node]) -> None:
        self.nodes = nodes
        self.kept: dict[tuple[str | None, str], SafeString] = {}

    def render(self, context: Context) -> SafeString:
        where = (get_language(), settings.ROOT_URLCONF)
        if where not in self.kept:
            self.kept[where] = mark_safe("".join(node.render_annotated(context) for node in self.nodes))  # noqa: S308
        return self.kept[where]


class Loader(cached.Loader):
    def get_contents(self, origin: Origin) -> str:
        text: str = origin.loader.get_contents(origin)
        return squeezed(text) if str(origin.template_name).endswith(".html") else text

    def get_template(self, template_name: str, skip: list[Origin] | None = None) -> Template:
        template = super().get_template(template_name, skip)
        if not getattr(template, "folded", False):
            # Marked first: a template that includes itself is met again on the way.
            template.folded = True
            fold_nodes(template.nodelist, self.engine)
        return template


def squeezed(text: str) -> str:
    """HTML without indentation and empty lines; as it is where blanks count."""
    pieces, end = [], 0
    for kept in KEPT.finditer(text):
        pieces += [without_indentation(text[end : kept.start()]), kept.group()]
        end = kept.end()
    return "".join([*pieces, without_indentation(text[end:])])


def without_indentation(text: str) -> str:
    return SILENT_LINE.sub(r"\1", INDENTATION.sub("\n", text))


def fold_nodes(nodelist: NodeList, engine: Any) -> None:
    """Put the fixed runs of a list of nodes together, and those of the lists inside it."""
    result: list[Node] = []
    run: list[Node] = []
    for node in nodelist:
        if isinstance(node, (LoadNode, CommentNode)):
            continue
        if is_fixed(node, engine):
            run.append(node)
            continue
        for inner in lists_in(node):
            fold_nodes(inner, engine)
        result += [*together(run), quick(node, engine)]
        run = []
    nodelist[:] = [*result, *together(run)]


def together(run: list[Node]) -> list[Node]:
    if len(run) == 1 and isinstance(run[0], TextNode):
        return run
    return [Fixed(run)] if run else []


def lists_in(node: Node) -> Iterator[NodeList]:
    if isinstance(node, IfNode):
        for _condition, nodelist in node.conditions_nodelists:
            yield nodelist
        return
    for name in node.child_nodelists:
        nodelist = getattr(node, name, None)
        if isinstance(nodelist, NodeList):
            yield nodelist


def is_fixed(node: Node, engine: Any) -> bool:
    """Whether a node gives the same text on every page in one language."""
    match node:
        case TextNode() | Fixed():
            return True
        case TranslateNode():
            return node.asvar is None and constant(node.filter_expression) and constant(node.message_context)
        case BlockTranslateNode():
            pieces = [*node.singular, *(node.plural or [])]
            plain = all(token.token_type == TokenType.TEXT for token in pieces) and not node.plural
            return plain and node.asvar is None and constant(node.message_context)
        case URLNode():
            return node.asvar is None and not node.args and not node.kwargs and constant(node.view_name)
        case StaticNode():
            return node.varname is None and constant(node.path)
        case SimpleNode():
            values = [*node.args, *node.kwargs.values()]
            return getattr(node.func, "fixed", False) and node.target_var is None and all(map(constant, values))
        case IncludeNode():
            return constant(node.template) and consists_of_fixed(str(node.template.resolve(Context())), engine)
    return False


def consists_of_fixed(name: str, engine: Any) -> bool:
    try:
        template = engine.get_template(name)
    except TemplateDoesNotExist:
        return False
    return all(isinstance(node, (Fixed, TextNode)) for node in template.nodelist)


def constant(expression: Any) -> bool:
    """Whether an argument of a tag is written out in the template."""
    if expression is None:
        return True
    if not isinstance(expression, FilterExpression) or expression.filters:
        return False
    return not isinstance(expression.var, Variable) or expression.var.lookups is None
