/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "scenario/run.h"

typedef enum {
    ITEM_EVENT,
    ITEM_BY,     /* the condition is true at some moment from the start (or `since`) to `when` */
    ITEM_EXPECT, /* it is true at `when` */
    ITEM_ALWAYS, /* it is true from `since` to `when` */
    ITEM_NEVER,
    ITEM_COUNT, /* a number, counted from `since` to `when` */
} ItemKind;

typedef enum {
    ITEM_WAITING,
    ITEM_OPEN,
    ITEM_DONE,
} ItemState;

/** A line with an event or an expectation. */
typedef struct {
    SimTimer timer; /* of the next state */
    Run *run;
    const ScenarioLine *line;
    ItemKind kind;
    ItemState state;
    When since, when;
    gboolean has_since;
    gint64 opens, closes; /* SIM_NEVER: not known yet */
    Condition *condition;
    Event *event;
    char *sets; /* mark; NULL: none */
} Item;

gboolean scenario_parse_when(const char *word, When *when);
gboolean scenario_take_when(ScenarioLine *line, When *when, GError **error);
/** SIM_NEVER while the mark is not set. */
gint64 scenario_resolve_when(const Run *run, const When *when);

/** Reads a line into run->items, which owns it; FALSE with *error. */
gboolean scenario_item_read(Run *run, ScenarioLine *line, GError **error);
void scenario_item_free(Item *item);
/** Sets the timer, once the times of the item are known. */
void scenario_item_arrange(Item *item);
/** Evaluates the condition, and closes the item if that decides it. */
void scenario_item_evaluate(Item *item);
gboolean scenario_item_is_finished(const Item *item);
