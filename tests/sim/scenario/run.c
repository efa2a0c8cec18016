/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "scenario/run.h"

#include <string.h>

#include "oracle/oracle.h"

#define SAMPLE_OPEN   SIM_MSEC(10) /* while something is to become true */
#define SAMPLE_ALWAYS SIM_SEC(1)   /* while something is to stay so */
#define MAX_EVENTS    G_GUINT64_CONSTANT(50000000)

/* ---- mixtures */

static const char *const mixtures[] = {"native", "go-hub", "go-leaves", "go"};

const char *
mixture_to_string(Mixture mixture)
{
    return mixtures[mixture];
}

gboolean
mixture_parse(const char *text, Mixture *mixture)
{
    for (guint i = 0; i < MIXTURE_N; i++) {
        if (g_str_equal(text, mixtures[i])) {
            *mixture = i;
            return TRUE;
        }
    }
    return FALSE;
}

/* "[native go-hub] at 5s ...": whether the line is for this mixture. */
static gboolean
take_mixtures(const Run *run, ScenarioLine *line, gboolean *applies, GError **error)
{
    const char *word = scenario_line_peek(line);
    gboolean last = FALSE;

    *applies = !word || *word != '[';
    if (*applies)
        return TRUE;
    for (guint i = 0; !last; i++) {
        const char *right = "mixtures in brackets, like [native go-hub]";
        g_autofree char *name = NULL;
        Mixture mixture;

        word = scenario_line_take(line, right, error);
        if (!word)
            return FALSE;
        last = g_str_has_suffix(word, "]");
        name = g_strndup(word + (i == 0), strlen(word) - (i == 0) - last);
        if (!mixture_parse(name, &mixture))
            return scenario_line_fail(line, word, right, error);
        *applies |= mixture == run->mixture;
    }
    return TRUE;
}

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

static gint64
resolve_when(const Run *self, const When *when)
{
    const gint64 *mark;

    if (!when->mark)
        return SIM_START + when->offset;
    mark = g_hash_table_lookup(self->marks, when->mark);
    return mark ? *mark + when->offset : SIM_NEVER;
}

/* ---- items */

static void
item_free(Item *item)
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

static void
set_sampler(Run *self, gint64 interval)
{
    if (self->sampler.wait.position == 0 || self->sampler.wait.when > self->world->now + interval)
        sim_world_set_timer(self->world, &self->sampler, self->world->now + interval);
}

static void
finish(Item *item)
{
    Run *run = item->run;

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

    run_fail(item->run, item->line, "it was not so; seen:\n%s", seen);
}

/* Something may have changed: is what is watched still, or now, as it should be? */
static void
look(Item *item)
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
        run_fail(item->run, item->line, "this time begins after its end, at %.3f s",
                 (double) (item->closes - SIM_START) / 1e6);
        return;
    }
    item->state = ITEM_OPEN;
    item->run->open += item->kind == ITEM_BY;
    if (scenario_condition_counts(item->condition) && item->has_since)
        scenario_condition_begin(item->run, item->condition);
    set_sampler(item->run, item->kind == ITEM_BY ? SAMPLE_OPEN : SAMPLE_ALWAYS);
    look(item);
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

/* Sets the timer of an item whose times have become known. */
static void
arrange(Item *item)
{
    gint64 first;

    if (item->state == ITEM_DONE)
        return;
    item->opens = item->has_since ? resolve_when(item->run, &item->since) : SIM_START;
    item->closes = resolve_when(item->run, &item->when);
    if (item->state == ITEM_OPEN) {
        sim_world_set_timer(item->run->world, &item->timer, item->closes);
        return;
    }
    first = item->kind == ITEM_EVENT || item->kind == ITEM_EXPECT ? item->closes : item->opens;
    sim_world_set_timer(item->run->world, &item->timer, first);
}

void
run_set_mark(Run *self, const char *name)
{
    g_hash_table_replace(self->marks, g_strdup(name),
                         g_memdup2(&self->world->now, sizeof(self->world->now)));
    sim_world_trace(self->world, NULL, "mark %s", name);
    if (self->has_end && self->end == SIM_NEVER)
        self->end = resolve_when(self, &self->ends);
    for (guint i = 0; i < self->items->len; i++)
        arrange(self->items->pdata[i]);
}

void
run_fail(Run *self, const ScenarioLine *line, const char *format, ...)
{
    g_autofree char *what = NULL;
    va_list args;

    if (self->failure)
        return;
    va_start(args, format);
    what = g_strdup_vprintf(format, args);
    va_end(args);
    self->failure = g_strdup_printf(
        "%s:%u: %s\n  at %.3f s: %s", line ? line->file : self->text->file, line ? line->number : 0,
        line ? line->text : "", (double) (self->world->now - SIM_START) / 1e6, what);
    sim_world_trace(self->world, NULL, "FAILED %s", self->failure);
}

/* ---- reading a line with a time */

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
        "a declaration (title, mixtures, seeds, network, nat, name, host, star, "
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
        return scenario_line_fail(line, "from", "always or never before what is not counted",
                                  error);
    return TRUE;
}

static gboolean
read_item(Run *self, ScenarioLine *line, GError **error)
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

/* ---- properties */

static void
before_receive(SimHost *to, const WlIp *source, GBytes *bytes, gpointer user_data)
{
    oracle_before_receive(((Run *) user_data)->oracle, to, source, bytes);
}

static void
after_receive(SimHost *to, GBytes *bytes, gpointer user_data)
{
    oracle_after_receive(((Run *) user_data)->oracle, to, bytes);
}

static void
before_change(SimHost *host, const WlPeerChange *change, gpointer user_data)
{
    oracle_before_change(((Run *) user_data)->oracle, host, change);
}

static void
device_read(SimHost *host, const WlDevice *device, gpointer user_data)
{
    oracle_note_dump(((Run *) user_data)->oracle, host, device);
}

static void
handshake(SimHost *host, const WlEndpoint *to, const SimMessage *message, gpointer user_data)
{
    oracle_note_handshake(((Run *) user_data)->oracle, host, to, message);
}

static void
fail_property(const char *wrong, gpointer user_data)
{
    run_fail(user_data, NULL, "%s", wrong);
}

static void
begin_check(Run *self, gint64 quiet)
{
    g_clear_pointer(&self->oracle, oracle_free);
    self->oracle = oracle_new(self->world, SIM_START + quiet, fail_property, self);
    self->world->before_receive = before_receive;
    self->world->after_receive = after_receive;
    self->world->before_change = before_change;
    self->world->device_read = device_read;
    self->world->handshake = handshake;
}

/* ---- lines */

static gboolean
read_line(Run *self, ScenarioLine *line, GError **error)
{
    gboolean known, applies;

    line->at = 0;
    if (!take_mixtures(self, line, &applies, error))
        return FALSE;
    if (!applies)
        return TRUE;
    if (!scenario_declare(self, line, &known, error))
        return FALSE;
    if (known)
        return TRUE;
    if (scenario_line_take_if(line, "properties")) {
        gint64 quiet;
        if (!scenario_line_take_word(line, "quiet", error) ||
            !scenario_line_take_duration(line, &quiet, error))
            return FALSE;
        begin_check(self, quiet);
        return scenario_line_is_over(line, error);
    }
    if (scenario_line_take_if(line, "ends")) {
        self->has_end = TRUE;
        return scenario_take_when(line, &self->ends, error) && scenario_line_is_over(line, error);
    }
    return read_item(self, line, error);
}

static gboolean
is_set_by_a_line(const Run *self, const char *mark)
{
    if (!mark || g_str_equal(mark, "end"))
        return TRUE;
    for (guint i = 0; i < self->items->len; i++) {
        const Item *item = self->items->pdata[i];
        if (g_strcmp0(item->sets, mark) == 0)
            return TRUE;
    }
    return FALSE;
}

static gboolean
check_marks(const Run *self, GError **error)
{
    for (guint i = 0; i < self->items->len; i++) {
        const Item *item = self->items->pdata[i];
        const char *mark =
            !is_set_by_a_line(self, item->when.mark) ? item->when.mark : item->since.mark;
        if (!is_set_by_a_line(self, mark))
            return scenario_line_fail(item->line, mark, "a mark that some line sets with \"as\"",
                                      error);
    }
    if (!is_set_by_a_line(self, self->ends.mark)) {
        g_set_error(error, SCENARIO_ERROR, SCENARIO_ERROR_SYNTAX,
                    "%s: \"ends %s\": wanted a mark that some line sets with \"as\"",
                    self->text->file, self->ends.mark);
        return FALSE;
    }
    return TRUE;
}

/* ---- watching */

static void
evaluate_items(gpointer user_data)
{
    Run *self = user_data;

    for (guint i = 0; i < self->items->len; i++) {
        Item *item = self->items->pdata[i];
        if (item->state == ITEM_OPEN)
            look(item);
    }
}

static void
sample(SimTimer *timer)
{
    Run *self = (Run *) ((guint8 *) timer - G_STRUCT_OFFSET(Run, sampler));
    gboolean watching = FALSE;

    evaluate_items(self);
    for (guint i = 0; i < self->items->len; i++) {
        const Item *item = self->items->pdata[i];
        watching |= item->state == ITEM_OPEN && item->kind != ITEM_COUNT;
    }
    if (watching)
        set_sampler(self, self->open > 0 ? SAMPLE_OPEN : SAMPLE_ALWAYS);
}

static void
sent_fact_clear(gpointer data)
{
    g_free(((SentFact *) data)->value);
}

static void
record_sent(SimHost *from, const WlKey *to, GBytes *bytes, gpointer user_data)
{
    Run *self = user_data;
    g_autoptr(GArray) facts = NULL;

    if (self->oracle)
        oracle_before_send(self->oracle, from, bytes);
    if (!self->records_sent)
        return;
    facts = sim_facts_decode(bytes);
    for (guint i = 0; i < facts->len; i++) {
        const WlFact *fact = &g_array_index(facts, WlFact, i);
        g_autofree char *text = wl_fact_describe(fact);
        const char *value = strrchr(text, ' ');
        SentFact sent_facts = {.when = self->world->now,
                               .from = from,
                               .to = sim_world_find_key(self->world, to),
                               .subject = fact->subject,
                               .attribute = fact->attribute,
                               .ttl = fact->ttl,
                               .value = g_strdup(value ? value + 1 : "")};
        g_array_append_val(self->sent_facts, sent_facts);
    }
}

/* ---- life */

Run *
run_new(ScenarioText *text, Mixture mixture, guint32 seed, gboolean trace, GError **error)
{
    g_autoptr(Run) self = g_new0(Run, 1);

    self->text = text;
    self->mixture = mixture;
    self->seed = seed;
    self->world = sim_world_new(seed);
    self->world->changed = evaluate_items;
    self->world->before_send = record_sent;
    self->world->user_data = self;
    self->items = g_ptr_array_new_with_free_func((GDestroyNotify) item_free);
    self->marks = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    self->advertised =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_bytes_unref);
    self->streams = g_ptr_array_new_with_free_func((GDestroyNotify) sim_stream_free);
    self->sent_facts = g_array_new(FALSE, TRUE, sizeof(SentFact));
    g_array_set_clear_func(self->sent_facts, sent_fact_clear);
    self->sampler.run = sample;
    if (trace)
        self->world->trace = g_string_new(NULL);
    for (guint i = 0; i < text->lines->len; i++) {
        if (!read_line(self, text->lines->pdata[i], error))
            return NULL;
    }
    if (!check_marks(self, error))
        return NULL;
    self->end = self->has_end ? resolve_when(self, &self->ends) : SIM_NEVER;
    for (guint i = 0; i < self->items->len; i++)
        arrange(self->items->pdata[i]);
    return g_steal_pointer(&self);
}

void
run_free(Run *self)
{
    if (!self)
        return;
    oracle_free(self->oracle);
    g_ptr_array_unref(self->items);
    g_ptr_array_unref(self->streams);
    if (self->sampler.wait.position > 0)
        sim_world_set_timer(self->world, &self->sampler, SIM_NEVER);
    sim_world_free(self->world);
    g_hash_table_unref(self->marks);
    g_hash_table_unref(self->advertised);
    g_array_unref(self->sent_facts);
    g_free(self->ends.mark);
    g_free(self->failure);
    g_free(self);
}

static gboolean
is_finished(const Item *item)
{
    return item->state == ITEM_DONE && !(item->event && scenario_event_is_pending(item->event));
}

/* Nothing is left to do or to watch but what lasts to the end. */
static gboolean
is_done(const Run *self)
{
    for (guint i = 0; i < self->items->len; i++) {
        const Item *item = self->items->pdata[i];
        if (!is_finished(item) && g_strcmp0(item->when.mark, "end") != 0)
            return FALSE;
    }
    return TRUE;
}

gboolean
run_execute(Run *self)
{
    while (!self->failure) {
        if (self->end == SIM_NEVER && !self->has_end && is_done(self))
            self->end = self->world->now;
        if (self->world->events > MAX_EVENTS) {
            run_fail(self, NULL, "the world does not come to rest");
            break;
        }
        if (!sim_world_step(self->world, self->end))
            break;
    }
    if (self->failure)
        return FALSE;
    run_set_mark(self, "end");
    sim_world_run_until(self->world, self->world->now);
    for (guint i = 0; !self->failure && i < self->items->len; i++) {
        const Item *item = self->items->pdata[i];
        if (!is_finished(item))
            run_fail(self, item->line, "the run ended before that");
    }
    return self->failure == NULL;
}
