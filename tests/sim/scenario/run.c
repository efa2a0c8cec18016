/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One run of a scenario: reads the lines, then steps the world until the end or a failure.
 */
#include "scenario/run.h"

#include "oracle/oracle.h"
#include "scenario/item.h"
#include "world/liar/liars.h"

#define SAMPLE_OPEN   SIM_MSEC(10) /* while a condition may become true */
#define SAMPLE_ALWAYS SIM_SEC(1)   /* while a condition must stay true */
#define MAX_EVENTS    G_GUINT64_CONSTANT(50000000)

void
run_sample(Run *self, gboolean open)
{
    gint64 interval = open ? SAMPLE_OPEN : SAMPLE_ALWAYS;

    if (self->sampler.wait.position == 0 || self->sampler.wait.when > self->world->now + interval)
        sim_world_set_timer(self->world, &self->sampler, self->world->now + interval);
}

void
run_set_mark(Run *self, const char *name)
{
    g_hash_table_replace(self->marks, g_strdup(name),
                         g_memdup2(&self->world->now, sizeof(self->world->now)));
    sim_world_trace(self->world, NULL, "mark %s", name);
    if (self->has_end && self->end == SIM_NEVER)
        self->end = scenario_resolve_when(self, &self->ends);
    for (guint i = 0; i < self->items->len; i++)
        scenario_item_arrange(self->items->pdata[i]);
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
    if (!mixture_take_filter(line, self->mixture, &applies, error))
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
    return scenario_item_read(self, line, error);
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
            scenario_item_evaluate(item);
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
        run_sample(self, self->open > 0);
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
    self->items = g_ptr_array_new_with_free_func((GDestroyNotify) scenario_item_free);
    self->marks = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    self->advertised =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_bytes_unref);
    self->streams = g_ptr_array_new_with_free_func((GDestroyNotify) sim_stream_free);
    self->liars = g_ptr_array_new_with_free_func((GDestroyNotify) sim_liars_free);
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
    self->end = self->has_end ? scenario_resolve_when(self, &self->ends) : SIM_NEVER;
    for (guint i = 0; i < self->items->len; i++)
        scenario_item_arrange(self->items->pdata[i]);
    return g_steal_pointer(&self);
}

void
run_free(Run *self)
{
    if (!self)
        return;
    oracle_free(self->oracle);
    g_ptr_array_unref(self->liars);
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

/* Only items that last to the end are left. */
static gboolean
is_done(const Run *self)
{
    for (guint i = 0; i < self->items->len; i++) {
        const Item *item = self->items->pdata[i];
        if (!scenario_item_is_finished(item) && g_strcmp0(item->when.mark, "end") != 0)
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
            run_fail(self, NULL, "too many events: the world does not come to rest");
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
        if (!scenario_item_is_finished(item))
            run_fail(self, item->line, "the run ended before this time");
    }
    return self->failure == NULL;
}
