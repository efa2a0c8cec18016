/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Counts since the start or since a given moment. The counters belong to hosts, streams and the
 * run.
 */
#include "scenario/run.h"

#include <stddef.h>
#include <string.h>

/* A change that is reverted within this time is a flap. */
#define FLAP_TIME SIM_SEC(60)

typedef gint64 (*CountFunc)(Run *run, const Count *self, gint64 since);

struct _Count {
    CountFunc value;
    SimStream *stream;
    SimHost *a, *b, *subject;
    guint8 attribute[2]; /* of facts, for both families; 0: any */
    char *text;
    gboolean difference; /* the value grows: the one at `since` is subtracted */
    gint64 base;
    gsize offset; /* of a guint in SimCounters */
};

void
scenario_count_free(Count *self)
{
    if (!self)
        return;
    g_free(self->text);
    g_free(self);
}

/* ---- counts */

static gint64
count_lost(Run *run, const Count *self, gint64 since)
{
    /* Younger packets may still be in flight. */
    return sim_stream_count_lost(self->stream, since, run->world->now - SIM_SEC(1));
}

static gint64
count_received(Run *run, const Count *self, gint64 since)
{
    return sim_stream_count_received(self->stream, since, run->world->now);
}

static gint64
measure_gap(Run *run, const Count *self, gint64 since)
{
    return sim_stream_longest_gap(self->stream, since, run->world->now);
}

static gint64
count_duplicates(Run *run, const Count *self, gint64 since)
{
    return self->stream->duplicates;
}

static gint64
read_counter(Run *run, const Count *self, gint64 since)
{
    SimCounters counters = sim_host_get_counters(self->a);

    return *(const guint *) ((const guint8 *) &counters + self->offset);
}

static gint64
read_bytes(Run *run, const Count *self, gint64 since)
{
    return (gint64) self->a->counters.bytes;
}

static gint64
read_dropped(Run *run, const Count *self, gint64 since)
{
    return self->a->device ? (gint64) sim_device_get_dropped(self->a->device) : 0;
}

static gint64
read_agreements(Run *run, const Count *self, gint64 since)
{
    return self->a->engine ? (gint64) wl_engine_get_key_agreements(self->a->engine) : 0;
}

static gint64
count_flaps_of(const SimHost *host, const SimHost *peer, gint64 since)
{
    gint64 flaps = 0;

    for (guint i = 0; i < host->history->len; i++) {
        const SimChange *there = &g_array_index(host->history, SimChange, i);

        if (there->when < since || (peer && !wl_key_equal(&there->key, &peer->public_key)))
            continue;
        for (guint j = i + 1; j < host->history->len; j++) {
            const SimChange *back = &g_array_index(host->history, SimChange, j);
            if (back->when > there->when + FLAP_TIME)
                break;
            if (wl_key_equal(&back->key, &there->key) && back->to == there->from) {
                flaps++;
                break;
            }
        }
    }
    return flaps;
}

static gint64
count_flaps(Run *run, const Count *self, gint64 since)
{
    gint64 flaps = 0;

    if (self->a)
        return count_flaps_of(self->a, self->b, since) + count_flaps_of(self->b, self->a, since);
    for (guint i = 0; i < run->world->hosts->len; i++)
        flaps += count_flaps_of(run->world->hosts->pdata[i], NULL, since);
    return flaps;
}

static gboolean
is_counted(const Count *self, const SentFact *sent, gint64 since)
{
    if (sent->when < since || sent->from != self->a || sent->to != self->b)
        return FALSE;
    if (self->subject && !wl_key_equal(&sent->subject, &self->subject->public_key))
        return FALSE;
    if (self->attribute[0] && sent->attribute != self->attribute[0] &&
        sent->attribute != self->attribute[1])
        return FALSE;
    return !self->text || g_str_equal(sent->value, self->text);
}

static gint64
count_advertised(Run *run, const Count *self, gint64 since)
{
    gint64 n = 0;

    for (guint i = 0; i < run->sent_facts->len; i++)
        n += is_counted(self, &g_array_index(run->sent_facts, SentFact, i), since);
    return n;
}

/* ---- reading */

static gboolean
take_stream(Run *run, ScenarioLine *line, Count *self, GError **error)
{
    const char *right = "a stream that an earlier line starts";
    const char *name = scenario_line_take(line, right, error);

    if (!name)
        return FALSE;
    self->stream = scenario_find_stream(run, name);
    return self->stream || scenario_line_fail(line, name, right, error);
}

static gboolean
take_one_host(Run *run, ScenarioLine *line, Count *self, GError **error)
{
    self->difference = TRUE;
    return (self->a = scenario_take_host(run, line, error)) != NULL;
}

/* flaps [A B] */
static gboolean
take_flaps(Run *run, ScenarioLine *line, Count *self, GError **error)
{
    const char *word = scenario_line_peek(line);

    if (!word || !sim_world_find_host(run->world, word))
        return TRUE;
    return (self->a = scenario_take_host(run, line, error)) &&
           (self->b = scenario_take_host(run, line, error));
}

/* advertised FROM TO [SUBJECT [endpoint|allowed-ips|member|alive|path|ack|router [VALUE]]] */
static gboolean
take_advertised(Run *run, ScenarioLine *line, Count *self, GError **error)
{
    static const struct {
        const char *word;
        guint8 attribute[2];
    } attributes[] = {
        {"endpoint", {WL_ATTRIBUTE_ENDPOINT_V4, WL_ATTRIBUTE_ENDPOINT_V6}},
        {"allowed-ips", {WL_ATTRIBUTE_ALLOWED_V4, WL_ATTRIBUTE_ALLOWED_V6}},
        {"member", {WL_ATTRIBUTE_METADATA, WL_ATTRIBUTE_MEMBER}},
        {"alive", {WL_ATTRIBUTE_ALIVE, WL_ATTRIBUTE_ALIVE}},
        {"path", {WL_ATTRIBUTE_PATH, WL_ATTRIBUTE_PATH}},
        {"ack", {WL_ATTRIBUTE_ACK, WL_ATTRIBUTE_ACK}},
        {"router", {WL_ATTRIBUTE_ROUTER, WL_ATTRIBUTE_ROUTER}},
    };
    const char *word;

    run->records_sent = TRUE;
    if (!(self->a = scenario_take_host(run, line, error)) ||
        !(self->b = scenario_take_host(run, line, error)))
        return FALSE;
    word = scenario_line_peek(line);
    if (!word || !g_ascii_isalpha(*word))
        return TRUE;
    if (!(self->subject = scenario_take_host(run, line, error)))
        return FALSE;
    for (guint i = 0; i < G_N_ELEMENTS(attributes); i++) {
        if (!scenario_line_take_if(line, attributes[i].word))
            continue;
        self->attribute[0] = attributes[i].attribute[0];
        self->attribute[1] = attributes[i].attribute[1];
        word = scenario_line_peek(line);
        if (word && !strchr("<>=", *word)) {
            self->text = g_strdup(word);
            line->at++;
        }
        break;
    }
    return TRUE;
}

#define COUNTER(word, field)                                                                       \
    {                                                                                              \
        word, take_one_host, read_counter, offsetof(SimCounters, field)                            \
    }

static const struct {
    const char *word;
    gboolean (*take)(Run *run, ScenarioLine *line, Count *self, GError **error);
    CountFunc value;
    gsize offset;
} counts[] = {
    {"lost", take_stream, count_lost, 0},
    {"received", take_stream, count_received, 0},
    {"longest-gap", take_stream, measure_gap, 0},
    {"duplicates", take_stream, count_duplicates, 0},
    {"flaps", take_flaps, count_flaps, 0},
    {"advertised", take_advertised, count_advertised, 0},
    {"bytes", take_one_host, read_bytes, 0},
    {"dropped", take_one_host, read_dropped, 0},
    {"key-agreements", take_one_host, read_agreements, 0},
    COUNTER("wakeups", wakeups),
    COUNTER("idle-wakeups", idle_wakeups),
    COUNTER("snapshots", snapshots),
    COUNTER("fact-datagrams", facts),
    COUNTER("fact-bytes", fact_bytes),
    COUNTER("echoes", echoes),
    COUNTER("lookups", lookups),
    COUNTER("packets", packets),
    COUNTER("initiations", initiations),
    COUNTER("recreations", recreations),
    COUNTER("dropped-handshakes", cut_short),
    COUNTER("device-changes", requests),
    COUNTER("state-changes", changes),
    COUNTER("log-lines", logs),
    COUNTER("saves", saves),
};

Count *
scenario_count_new(Run *run, ScenarioLine *line, GError **error)
{
    for (guint i = 0; i < G_N_ELEMENTS(counts); i++) {
        Count *self;

        if (!scenario_line_take_if(line, counts[i].word))
            continue;
        self = g_new0(Count, 1);
        self->value = counts[i].value;
        self->offset = counts[i].offset;
        if (counts[i].take(run, line, self, error))
            return self;
        scenario_count_free(self);
        return NULL;
    }
    return NULL;
}

gint64
scenario_count_value(Run *run, const Count *self, gint64 since)
{
    gint64 value = self->value(run, self, since);

    return self->difference ? value - self->base : value;
}

void
scenario_count_begin(Run *run, Count *self)
{
    if (self->difference)
        self->base = self->value(run, self, run->world->now);
}
