/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "timeline.h"

#include "state/wl-engine-state.h"

#define DATAGRAMS (TIMELINE_ALIVES | TIMELINE_FACTS | TIMELINE_PATHS | TIMELINE_ACKS)

/* The middle of the range. */
static void
steady_bytes(gpointer user_data, guint8 *buffer, gsize length)
{
    for (gsize i = 0; i < length; i++)
        buffer[i] = i == 0 ? 0x80 : 0;
}

void
timeline_steady(Harness *harness)
{
    harness->engine->random.func = steady_bytes;
}

static void
add(GString *text, gint64 when, const char *format, const char *argument)
{
    if (text->len > 0)
        g_string_append(text, ", ");
    g_string_append_printf(text, "%" G_GINT64_FORMAT " ", (when + 500) / 1000);
    g_string_append_printf(text, "%s%s", format, argument);
}

static void
add_change(GString *text, gint64 when, const WlPeerChange *change)
{
    g_autofree char *endpoint = wl_endpoint_to_string(&change->endpoint);
    gboolean set = wl_endpoint_is_set(&change->endpoint);

    if (change->kind == WL_PEER_RECREATE)
        add(text, when, "try ", set ? endpoint : "nowhere");
    else if (set)
        add(text, when, "set ", endpoint);
}

static void
add_path(GString *text, gint64 when, const WlPathMessage *message)
{
    g_autofree char *numbers =
        g_strdup_printf("%s %u %u %u", message->flags & WL_PATH_DIRECT ? "direct" : "routed",
                        message->epoch, message->probe, message->ack);

    if (message->flags & WL_PATH_PROBE_REQUEST)
        add(text, when, "request", "");
    else
        add(text, when, "path ", numbers);
}

/* An Alive alone, or facts. */
static void
add_datagram(Harness *harness, GString *text, gint64 when, const WlOutput *output,
             TimelineKinds kinds)
{
    const HarnessMember *to = NULL;
    g_autoptr(GArray) facts = wl_fact_array_new();
    gboolean alive = FALSE, asks = FALSE, others = FALSE;
    const guint8 *data;
    gsize length;
    WlKey sender;

    for (guint i = 0; i < harness->members->len; i++) {
        const HarnessMember *other = harness->members->pdata[i];
        if (wl_key_equal(&other->key, &output->key))
            to = other;
    }
    g_assert_nonnull(to);
    data = g_bytes_get_data(output->bytes, &length);
    g_assert_cmpint(wl_datagram_open(to->signer, &harness_member(harness, 0)->link_local, data,
                                     length, &sender, facts, NULL),
                    ==, WL_RECEIVE_ACCEPTED);
    for (guint i = 0; i < facts->len; i++) {
        const WlFact *fact = &g_array_index(facts, WlFact, i);

        if (fact->attribute == WL_ATTRIBUTE_ALIVE) {
            alive = TRUE;
            asks = fact->ttl == WL_ALIVE_REPLY_TTL / G_USEC_PER_SEC;
        } else if (fact->attribute == WL_ATTRIBUTE_PATH) {
            if (kinds & TIMELINE_PATHS)
                add_path(text, when, &fact->value.path);
        } else if (fact->attribute == WL_ATTRIBUTE_ACK) {
            g_autofree char *n = g_strdup_printf("%u", (guint) fact->value.ack.n);

            if (kinds & TIMELINE_ACKS)
                add(text, when, "ack ", n);
        } else {
            others = TRUE;
        }
    }
    if (others && (kinds & TIMELINE_FACTS))
        add(text, when, "facts", "");
    if (alive && (kinds & TIMELINE_ALIVES))
        add(text, when, asks ? "ask" : "alive", "");
}

static void
add_new(Harness *harness, GString *text, gint64 when, const HarnessMember *member,
        TimelineKinds kinds)
{
    for (guint i = 0; i < harness->outputs->len; i++) {
        const WlOutput *output = harness->outputs->pdata[i];

        if (output->kind == WL_OUTPUT_READ_DEVICE && (kinds & TIMELINE_DUMPS))
            add(text, when, "dump", "");
        else if (output->kind == WL_OUTPUT_WATCH_TRAFFIC && (kinds & TIMELINE_WATCH))
            add(text, when, "watch", "");
        if (member && !wl_key_equal(&output->key, &member->key))
            continue;
        if (output->kind == WL_OUTPUT_CHANGE_PEER && (kinds & TIMELINE_ENDPOINTS))
            add_change(text, when, output->change);
        else if (output->kind == WL_OUTPUT_SEND && (kinds & DATAGRAMS))
            add_datagram(harness, text, when, output, kinds);
        else if (output->kind == WL_OUTPUT_SEND_ECHO && (kinds & TIMELINE_ECHOES))
            add(text, when, "echo", "");
    }
    harness_clear(harness);
}

char *
timeline_run(Harness *harness, const HarnessMember *member, gint64 duration, TimelineKinds kinds)
{
    gint64 start = harness->now, end = harness->now + duration;
    GString *text = g_string_new(NULL);

    add_new(harness, text, 0, member, kinds);
    while (wl_engine_get_deadline(harness->engine) <= end) {
        harness_run(harness, wl_engine_get_deadline(harness->engine) - harness->now);
        add_new(harness, text, harness->now - start, member, kinds);
    }
    harness_run(harness, end - harness->now);
    return g_string_free(text, FALSE);
}

void
timeline_assert(Harness *harness, const HarnessMember *member, gint64 duration, TimelineKinds kinds,
                const char *expected)
{
    g_autofree char *text = timeline_run(harness, member, duration, kinds);

    g_assert_cmpstr(text, ==, expected);
}
