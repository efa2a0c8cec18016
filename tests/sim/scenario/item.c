/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lines with a time: events and expectations.
 */
#include "scenario/item.h"

#include <stdio.h>
#include <string.h>

/* ---- times */

gboolean
scenario_parse_when(const char *word, When *when)
{
    const char *plus = strchr(word, '+');
    g_autofree char *mark = NULL;

    when->mark = NULL;
    if (scenario_parse_duration(word, &when->offset))
        return TRUE;
    if (!g_ascii_isalpha(*word))
        return FALSE;
    mark = plus ? g_strndup(word, (gsize) (plus - word)) : g_strdup(word);
    when->offset = 0;
    if (plus && !scenario_parse_duration(plus + 1, &when->offset))
        return FALSE;
    when->mark = g_steal_pointer(&mark);
    return TRUE;
}

gboolean
scenario_take_when(ScenarioLine *line, When *when, GError **error)
{
    const char *right = "a time like 12s, or after a mark like cut+5s";
    const char *word = scenario_line_take(line, right, error);

    return word &&
           (scenario_parse_when(word, when) || scenario_line_fail(line, word, right, error));
}

gint64
scenario_resolve_when(const Run *self, const When *when)
{
    const gint64 *mark;

    if (!when->mark)
        return SIM_START + when->offset;
    mark = g_hash_table_lookup(self->marks, when->mark);
    return mark ? *mark + when->offset : SIM_NEVER;
}

/* ---- states */

void
scenario_item_free(Item *item)
{
    if (item->timer.wait.position > 0)
        sim_world_set_timer(item->run->world, &item->timer, SIM_NEVER);
    g_free(item->since.mark);
    g_free(item->when.mark);
    g_free(item->sets);
    scenario_condition_free(item->condition);
    scenario_event_free(item->event);
    g_free(item);
}

/* For --times: how long a condition with a mark took, and what was counted. */
static void
print_time(const Item *item)
{
    gint64 counted;

    if (item->run->failure || !item->condition)
        return;
    if (item->kind == ITEM_BY && item->sets)
        printf("%s\t%.3f\ts\n", item->sets, (double) (item->run->world->now - item->opens) / 1e6);
    else if (item->kind != ITEM_BY && scenario_condition_get_count(item->condition, &counted))
        printf("%s\t%" G_GINT64_FORMAT "\t\n", item->line->text, counted);
}

static void
finish(Item *item)
{
    Run *run = item->run;

    if (run->prints_times)
        print_time(item);
    item->run->open -= item->state == ITEM_OPEN && item->kind == ITEM_BY;
    item->state = ITEM_DONE;
    sim_world_set_timer(run->world, &item->timer, SIM_NEVER);
    if (item->sets && !run->failure)
        run_set_mark(run, item->sets);
}

static void
fail_item(Item *item)
{
    g_autofree char *seen = scenario_condition_explain(item->run, item->condition);

    run_fail(item->run, item->line, "the expectation does not hold; visible state:\n%s", seen);
}

/* Evaluates an open condition after a change. */
void
scenario_item_evaluate(Item *item)
{
    gboolean so;

    if (item->state != ITEM_OPEN || item->kind == ITEM_COUNT || item->run->failure)
        return;
    so = scenario_condition_is_true(item->run, item->condition);
    if (item->kind == ITEM_BY) {
        if (so)
            finish(item);
    } else if (so != (item->kind == ITEM_ALWAYS)) {
        fail_item(item);
        finish(item);
    }
}

static void
open_item(Item *item)
{
    if (item->closes < item->opens) {
        run_fail(item->run, item->line, "the time begins after its end, at %.3f s",
                 (double) (item->closes - SIM_START) / 1e6);
        return;
    }
    item->state = ITEM_OPEN;
    item->run->open += item->kind == ITEM_BY;
    if (scenario_condition_counts(item->condition) && item->has_since)
        scenario_condition_begin(item->run, item->condition);
    run_sample(item->run, item->kind == ITEM_BY);
    scenario_item_evaluate(item);
    if (item->state == ITEM_OPEN)
        sim_world_set_timer(item->run->world, &item->timer, item->closes);
}

static void
close_item(Item *item)
{
    gboolean so = scenario_condition_is_true(item->run, item->condition);

    if (so != (item->kind != ITEM_NEVER) && !item->run->failure)
        fail_item(item);
    finish(item);
}

static void
on_item(SimTimer *timer)
{
    Item *item = (Item *) timer;

    if (item->run->failure)
        return;
    if (item->kind == ITEM_EVENT) {
        scenario_event_run(item->run, item->event, item->line);
        finish(item);
    } else if (item->state == ITEM_WAITING && item->kind != ITEM_EXPECT) {
        open_item(item);
    } else {
        close_item(item);
    }
}

/* Sets the timer of an item, once its times are known. */
void
scenario_item_arrange(Item *item)
{
    gint64 first;

    if (item->state == ITEM_DONE)
        return;
    item->opens = item->has_since ? scenario_resolve_when(item->run, &item->since) : SIM_START;
    item->closes = scenario_resolve_when(item->run, &item->when);
    if (item->state == ITEM_OPEN) {
        sim_world_set_timer(item->run->world, &item->timer, item->closes);
        return;
    }
    first = item->kind == ITEM_EVENT || item->kind == ITEM_EXPECT ? item->closes : item->opens;
    sim_world_set_timer(item->run->world, &item->timer, first);
}

gboolean
scenario_item_is_finished(const Item *item)
{
    return item->state == ITEM_DONE && !(item->event && scenario_event_is_pending(item->event));
}

/* ---- reading */

static gboolean
take_span(ScenarioLine *line, Item *item, GError **error)
{
    item->has_since = TRUE;
    if (!scenario_take_when(line, &item->since, error) ||
        !scenario_line_take_word(line, "to", error) ||
        !scenario_take_when(line, &item->when, error))
        return FALSE;
    if (g_strcmp0(item->since.mark, item->when.mark) == 0 &&
        item->when.offset <= item->since.offset)
        return scenario_line_fail(line, line->words[line->at - 1], "a later time than the first",
                                  error);
    return TRUE;
}

static gboolean
take_condition(Run *self, ScenarioLine *line, Item *item, GError **error)
{
    item->condition = scenario_condition_new(self, line, error);
    return item->condition != NULL;
}

static gboolean
parse_within(Run *self, ScenarioLine *line, Item *item, GError **error)
{
    gint64 duration;

    item->has_since = TRUE;
    if (!scenario_line_take_duration(line, &duration, error) ||
        !scenario_line_take_word(line, "of", error) ||
        !scenario_take_when(line, &item->since, error))
        return FALSE;
    item->when.mark = g_strdup(item->since.mark);
    item->when.offset = item->since.offset + duration;
    return take_condition(self, line, item, error);
}

static gboolean
parse_item(Run *self, ScenarioLine *line, Item *item, GError **error)
{
    const char *right =
        "a declaration (title, covers, mixtures, seeds, network, nat, dns, host, star, "
        "profile, peer), at, by, within, from, always, never, expect, properties or ends";

    item->kind = ITEM_BY;
    if (scenario_line_take_if(line, "by"))
        return scenario_take_when(line, &item->when, error) &&
               take_condition(self, line, item, error);
    if (scenario_line_take_if(line, "within"))
        return parse_within(self, line, item, error);
    if (scenario_line_take_if(line, "at")) {
        if (!scenario_take_when(line, &item->when, error))
            return FALSE;
        item->kind = ITEM_EXPECT;
        if (scenario_line_take_if(line, "expect"))
            return take_condition(self, line, item, error);
        item->kind = ITEM_EVENT;
        return (item->event = scenario_event_new(self, line, error)) != NULL;
    }
    item->when.mark = g_strdup("end");
    if (scenario_line_take_if(line, "from")) {
        g_clear_pointer(&item->when.mark, g_free);
        if (!take_span(line, item, error))
            return FALSE;
        item->kind = ITEM_COUNT;
    } else if (g_strcmp0(scenario_line_peek(line), "always") != 0 &&
               g_strcmp0(scenario_line_peek(line), "never") != 0 &&
               !scenario_line_take_if(line, "expect")) {
        return scenario_line_fail(line, scenario_line_peek(line), right, error);
    } else {
        item->kind = ITEM_EXPECT;
    }
    if (scenario_line_take_if(line, "always"))
        item->kind = ITEM_ALWAYS;
    else if (scenario_line_take_if(line, "never"))
        item->kind = ITEM_NEVER;
    if (!take_condition(self, line, item, error))
        return FALSE;
    if (item->kind == ITEM_COUNT && !scenario_condition_counts(item->condition))
        return scenario_line_fail(line, "from", "always or never before a condition", error);
    return TRUE;
}

gboolean
scenario_item_read(Run *self, ScenarioLine *line, GError **error)
{
    Item *item = g_new0(Item, 1);

    item->run = self;
    item->line = line;
    item->timer.run = on_item;
    g_ptr_array_add(self->items, item);
    if (!parse_item(self, line, item, error))
        return FALSE;
    if (scenario_line_take_if(line, "as")) {
        const char *name = scenario_line_take(line, "a name for this moment", error);
        if (!name)
            return FALSE;
        if (item->kind != ITEM_EVENT && item->kind != ITEM_BY)
            return scenario_line_fail(line, name, "a mark only at an event, by or within", error);
        item->sets = g_strdup(name);
    }
    return scenario_line_is_over(line, error);
}
