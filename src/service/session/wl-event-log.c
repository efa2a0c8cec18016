/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Records events of a session. The writer has its own file and thread, so that a slow disk delays
 * nothing else. */

#include "wl-event-log.h"

#include <string.h>

#include "wl-alternation.h"
#include "wl-clock.h"
#include "wl-state-file.h"
#include "wl-state-writer.h"

#define SAVE_DELAY 5 /* s: changes that come together are written once */

struct _WlEventLog {
    char *file; /* name in the state directory */
    WlEventList *list;
    GHashTable *last; /* WlKey -> name of the peer, of those with a recorded state */
    GHashTable *states;
    GHashTable *places; /* WlKey -> WlAlternation, of those that had an endpoint */
    WlStateWriter *writer;
    guint save_id; /* 0: all is written */
};

static void
load(WlEventLog *self)
{
    gsize length = 0;
    g_autofree char *text = wl_state_file_load(self->file, &length, NULL);

    if (text && strlen(text) == length)
        wl_event_list_parse(self->list, text);
}

/* What cannot be written is in memory still. The state file reports the same disk. */
static void
on_written(const GError *error, gpointer user_data)
{
    if (error)
        g_info("failed to write events: %s", error->message);
}

WlEventLog *
wl_event_log_new(const char *uuid)
{
    WlEventLog *self = g_new0(WlEventLog, 1);

    self->file = g_strconcat(uuid, WL_EVENT_LIST_SUFFIX, NULL);
    self->list = wl_event_list_new();
    self->last = g_hash_table_new_full(wl_key_hash, wl_key_equal, g_free, g_free);
    self->states = g_hash_table_new_full(wl_key_hash, wl_key_equal, g_free, NULL);
    self->places = g_hash_table_new_full(wl_key_hash, wl_key_equal, g_free, g_free);
    self->writer = wl_state_writer_new(self->file, on_written, self);
    load(self);
    return self;
}

static void
save(WlEventLog *self)
{
    wl_state_writer_save(self->writer, wl_event_list_to_text(self->list));
}

static gboolean
on_time_to_save(gpointer user_data)
{
    WlEventLog *self = user_data;

    self->save_id = 0;
    save(self);
    return G_SOURCE_REMOVE;
}

void
wl_event_log_free(WlEventLog *self)
{
    if (!self)
        return;
    if (self->save_id)
        save(self);
    g_clear_handle_id(&self->save_id, g_source_remove);
    wl_state_writer_free(self->writer);
    g_hash_table_unref(self->last);
    g_hash_table_unref(self->states);
    g_hash_table_unref(self->places);
    wl_event_list_free(self->list);
    g_free(self->file);
    g_free(self);
}

const WlEventList *
wl_event_log_get(const WlEventLog *self)
{
    return self->list;
}

static void
add(WlEventLog *self, const WlEvent *event)
{
    WlEvent timed = *event;

    timed.time = g_get_real_time() / G_USEC_PER_SEC;
    wl_event_list_add(self->list, &timed);
    if (!self->save_id)
        self->save_id = g_timeout_add_seconds(SAVE_DELAY, on_time_to_save, self);
}

void
wl_event_log_add(WlEventLog *self, WlEventKind kind, const char *text)
{
    const WlEvent event = {.kind = kind, .text = (char *) text};

    add(self, &event);
}

static gboolean
is_reached(WlPeerState state)
{
    return state >= WL_PEER_ROUTED;
}

static void
add_place(WlEventLog *self, const WlPeerView *view)
{
    WlAlternation *places = g_hash_table_lookup(self->places, &view->public_key);
    g_autofree char *key = NULL;
    g_autofree char *last = NULL;
    g_autofree char *before = NULL;
    g_autofree char *text = NULL;
    WlEvent event = {.kind = WL_EVENT_ALTERNATES, .name = (char *) view->name};

    if (view->endpoint.ip.family == WL_FAMILY_NONE)
        return;
    if (!places) {
        places = g_new0(WlAlternation, 1);
        g_hash_table_insert(self->places, wl_key_copy(&view->public_key), places);
    }
    if (!wl_alternation_add(places, &view->endpoint, wl_clock_now()))
        return;
    key = wl_key_to_string(&view->public_key);
    last = wl_endpoint_to_string(&places->last);
    before = wl_endpoint_to_string(&places->before);
    text = g_strdup_printf("seen at %s and %s in turn: two machines use its key, or it has two "
                           "uplinks",
                           before, last);
    event.key = key;
    event.text = text;
    add(self, &event);
}

void
wl_event_log_peer(WlEventLog *self, const WlPeerView *view)
{
    g_autofree char *key = wl_key_to_string(&view->public_key);
    const WlEvent event = {
        .kind = WL_EVENT_PEER,
        .key = key,
        .name = (char *) view->name,
        .state = (char *) wl_peer_state_to_string(view->state),
        .text = (char *) view->reason_text,
    };
    gpointer before = NULL;
    gboolean known = g_hash_table_lookup_extended(self->states, &view->public_key, NULL, &before);

    add_place(self, view);
    if (known ? GPOINTER_TO_INT(before) == (int) view->state : !is_reached(view->state))
        return;
    g_hash_table_insert(self->states, wl_key_copy(&view->public_key), GINT_TO_POINTER(view->state));
    g_hash_table_insert(self->last, wl_key_copy(&view->public_key), g_strdup(view->name));
    add(self, &event);
}

void
wl_event_log_peer_removed(WlEventLog *self, const WlKey *key)
{
    g_autofree char *text = wl_key_to_string(key);
    const WlEvent event = {
        .kind = WL_EVENT_REMOVED,
        .key = text,
        .name = g_hash_table_lookup(self->last, key),
    };

    if (g_hash_table_remove(self->states, key))
        add(self, &event);
    g_hash_table_remove(self->last, key);
    g_hash_table_remove(self->places, key);
}

void
wl_event_log_failure(const char *uuid, const char *text)
{
    g_autoptr(WlEventLog) log = wl_event_log_new(uuid);

    wl_event_log_add(log, WL_EVENT_FAILED, text);
}
