"""Nodes of Django's templates that take the short way in the usual case, and Django's own in every other.

`core.folding` puts them in the place of Django's when a template is loaded. Each gives what Django's gives; whatever is
not the usual case (a name that is missing, a method that fails, a value that is neither text nor a small number) is left
to the code that it stands for. A page of a list has some six hundred variables, so this is a third of its cost.
"""

from __future__ import annotations

import html
from collections.abc import Iterator
from typing import Any

from django.template import Context
from django.template.base import FilterExpression, Node, Template, Variable, VariableNode, render_value_in_context
from django.template.defaulttags import CycleNode, IfChangedNode, ResetCycleNode
from django.template.loader_tags import BlockNode, ExtendsNode, IncludeNode
from django.template.smartif import TokenBase
from django.templatetags.i18n import BlockTranslateNode
from django.utils import translation
from django.utils.safestring import SafeString

#: Numbers below are written alike in every language.
FEW = 1000
#: Nodes that keep something beside the context while a template is drawn, which an include must not share.
KEEPING = (BlockNode, ExtendsNode, CycleNode, IfChangedNode, ResetCycleNode)


class QuickVariable(Variable):
    """`record.title`: a name of the context, then attributes. Everything else goes Django's way."""

    __slots__ = ()

    def _resolve_lookup(self, context: Any) -> Any:
        try:
            name, *bits = self.lookups
            current = next(layer[name] for layer in reversed(context.dicts) if name in layer)
            if callable(current):
                current = called(current)
            for bit in bits:
                kind = type(current)
                if kind is dict:
                    current = current[bit]
                elif hasattr(kind, "__getitem__"):
                    return super()._resolve_lookup(context)
                else:
                    current = getattr(current, bit)
                if callable(current):
                    current = called(current)
            return current
        except Exception:  # noqa: BLE001  Django's way fails in the way that Django means
            return super()._resolve_lookup(context)


def called(function: Any) -> Any:
    """What a method without arguments gives. Raises LookupError where a template may not call it."""
    if getattr(function, "do_not_call_in_templates", False) or getattr(function, "alters_data", False):
        raise LookupError
    return function()


class QuickVariableNode(VariableNode):
    """`{{ … }}`: text is escaped and small numbers are written as they are."""

    def render(self, context: Any) -> str:
        value = self.filter_expression.resolve(context)
        kind = type(value)
        if kind is SafeString or (kind is int and -FEW < value < FEW):
            return str(value)
        if kind is str and context.autoescape:
            return html.escape(value)
        return str(render_value_in_context(value, context))


class QuickTranslation(Node):
    """`{% blocktranslate %}` with its variables: the message is put together when the template is loaded."""

    child_nodelists = ()

    def __init__(self, node: BlockTranslateNode) -> None:
        self.node, self.token, self.origin = node, node.token, getattr(node, "origin", None)
        self.singular, names = node.render_token_list(node.singular)
        self.plural, more = node.render_token_list(node.plural) if node.plural else ("", [])
        self.names = list(dict.fromkeys([*names, *more]))
        self.given = {**node.extra_context, **({node.countervar: node.counter} if node.countervar else {})}

    def render(self, context: Any) -> str:
        values = {name: expression.resolve(context) for name, expression in self.given.items()}
        count = values.get(self.node.countervar)
        outside = [name for name in self.names if name not in values]
        if (self.plural and type(count) is not int) or any(name not in context for name in outside):
            return str(self.node.render(context))
        values.update((name, context[name]) for name in outside)
        message = self.message(context, count)
        try:
            return str(message % {name: shown(values[name], context) for name in self.names})
        except (KeyError, ValueError):
            return str(self.node.render(context))

    def message(self, context: Any, count: Any) -> str:
        where = self.node.message_context
        words = where.resolve(context) if where is not None else ""
        if self.plural:
            if words:
                return translation.npgettext(words, self.singular, self.plural, count)
            return translation.ngettext(self.singular, self.plural, count)
        return translation.pgettext(words, self.singular) if words else translation.gettext(self.singular)


def shown(value: Any, context: Any) -> str:
    kind = type(value)
    if kind is SafeString or (kind is int and -FEW < value < FEW):
        return str(value)
    return str(render_value_in_context(value, context))


class QuickInclude(Node):
    """`{% include "name" with … %}` of a template that keeps nothing beside the context: drawn as if it stood here."""

    child_nodelists = ()

    def __init__(self, node: IncludeNode, template: Template) -> None:
        self.token, self.origin = node.token, getattr(node, "origin", None)
        self.template, self.extra = template, dict(node.extra_context)

    def render(self, context: Any) -> str:
        with context.push(**{name: expression.resolve(context) for name, expression in self.extra.items()}):
            return str(self.template.nodelist.render(context))


def quick(node: Node, engine: Any) -> Node:
    """The node to draw in the place of `node`; the same one where there is no shorter way."""
    for expression in expressions_in(vars(node)):
        hasten(expression)
    if type(node) is VariableNode:
        node.__class__ = QuickVariableNode
    elif type(node) is BlockTranslateNode and node.asvar is None:
        return QuickTranslation(node)
    elif type(node) is IncludeNode and not node.isolated_context:
        return included(node, engine)
    return node


def included(node: IncludeNode, engine: Any) -> Node:
    name = node.template
    if name.filters or not isinstance(name.var, str) or name.var.startswith("."):
        return node
    template = engine.get_template(str(name.resolve(Context())))
    if any(template.nodelist.get_nodes_by_type(kind) for kind in KEEPING):
        return node
    return QuickInclude(node, template)


def expressions_in(thing: Any) -> Iterator[FilterExpression]:
    """Every expression that a node holds itself: not those of the nodes inside it."""
    if isinstance(thing, FilterExpression):
        yield thing
    elif isinstance(thing, dict):
        for value in thing.values():
            yield from expressions_in(value)
    elif isinstance(thing, (list, tuple)) and not all(isinstance(each, Node) for each in thing):
        for value in thing:
            yield from expressions_in(value)
    elif isinstance(thing, TokenBase):
        for part in (thing.first, thing.second, getattr(thing, "value", None)):
            yield from expressions_in(part)


def hasten(expression: FilterExpression) -> None:
    arguments = [argument for _function, found in expression.filters for _lookup, argument in found]
    for variable in (expression.var, *arguments):
        if type(variable) is Variable and variable.lookups is not None:
            variable.__class__ = QuickVariable
