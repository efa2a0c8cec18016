/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Carries out the outputs of the engine. Changes that the link refuses are reported to the engine
 * after RETRY_DELAY_MS, which then decides on them again. */

#include "wl-session-outputs.h"

#include "wl-limitation.h"
#include "wl-link-local.h"
#include "wl-log.h"

#define RETRY_DELAY_MS 1000 /* after the link refused a change */

static gboolean
on_retry(gpointer user_data)
{
    WlSession *self = user_data;
    g_autoptr(GHashTable) refused = g_steal_pointer(&self->refused);
    GHashTableIter iter;
    gpointer key;

    self->retry_id = 0;
    self->refused = g_hash_table_new_full(wl_key_hash, wl_key_equal, g_free, NULL);
    g_hash_table_iter_init(&iter, refused);
    while (g_hash_table_iter_next(&iter, &key, NULL))
        wl_engine_peer_change_failed(self->engine, wl_clock_now(), key);
    wl_session_pump(self);
    return G_SOURCE_REMOVE;
}

void
wl_session_change_refused(WlLink *link, const WlKey *peer, const GError *error, gpointer user_data)
{
    static WlRateLimit limit;
    WlSession *self = user_data;

    wl_limitation_add("peers", "peers keep their former settings: %s", error->message);
    wl_log_repeated(&limit, "failed to change a peer: %s", error->message);
    g_hash_table_add(self->refused, wl_key_copy(peer));
    if (!self->retry_id)
        self->retry_id = g_timeout_add(RETRY_DELAY_MS, on_retry, self);
}

static void
change_peer(WlSession *self, const WlOutput *output)
{
    g_autoptr(GError) error = NULL;

    if (wl_link_apply(self->link, output->change, &error))
        wl_limitation_remove("peers");
    else
        wl_session_change_refused(self->link, &output->change->public_key, error, self);
}

static void
handle_device(WlSession *self, const WlDevice *device, const GError *error)
{
    static WlRateLimit limit;

    self->last_snapshot = wl_clock_now();
    if (device) {
        wl_limitation_remove("device");
        wl_engine_device_snapshot(self->engine, self->last_snapshot, device);
        return;
    }
    if (g_error_matches(error, WL_LINK_ERROR, WL_LINK_ERROR_GONE)) {
        wl_session_link_failed(self->link, error->message, self);
        return;
    }
    wl_limitation_add("device", "handshakes and endpoints are not noticed: %s", error->message);
    wl_log_repeated(&limit, "failed to read the link: %s", error->message);
}

void
wl_session_device_read(WlLink *link, const WlDevice *device, const GError *error,
                       gpointer user_data)
{
    WlSession *self = user_data;

    handle_device(self, device, error);
    wl_session_pump(self);
}

void
wl_session_read_device(WlSession *self)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(WlDevice) device = wl_link_read(self->link, &error);

    if (!g_error_matches(error, WL_LINK_ERROR, WL_LINK_ERROR_PENDING))
        handle_device(self, device, error);
}

static void
forget_round_trip(WlSession *self, const WlKey *key)
{
    WlIp link_local;

    if (!self->echo)
        return;
    wl_key_link_local(key, &link_local);
    wl_echo_forget(self->echo, &link_local);
}

void
wl_session_save_state(WlSession *self)
{
    wl_state_writer_save(self->state_writer, wl_engine_dup_state(self->engine));
}

void
wl_session_state_written(const GError *error, gpointer user_data)
{
    if (error)
        wl_limitation_add("state-file", "what is learned now is lost at the next start: %s",
                          error->message);
    else
        wl_limitation_remove("state-file");
}

static void
record_peer(WlSession *self, const WlKey *key)
{
    WlPeerView view;

    if (wl_engine_get_peer(self->engine, key, &view))
        wl_event_log_peer(self->event_log, &view);
}

static void
carry_out(WlSession *self, const WlOutput *output)
{
    g_autoptr(GError) error = NULL;

    switch (output->kind) {
    case WL_OUTPUT_SEND:
        if (!wl_fact_socket_send(self->socket, &output->destination, output->bytes, &error)) {
            g_info("failed to send facts: %s", error->message);
            wl_engine_send_failed(self->engine, wl_clock_now(), &output->key);
        }
        break;
    case WL_OUTPUT_CHANGE_PEER:
        change_peer(self, output);
        break;
    case WL_OUTPUT_READ_DEVICE:
        wl_session_read_device(self);
        break;
    case WL_OUTPUT_RESOLVE:
        wl_resolver_resolve(self->resolver, output->name);
        break;
    case WL_OUTPUT_ROUTES_CHANGED:
        self->events->routes_changed(self, self->user_data);
        break;
    case WL_OUTPUT_PEER_CHANGED:
        record_peer(self, &output->key);
        if (self->observer)
            self->observer->peer_changed(self, &output->key, self->observer_data);
        break;
    case WL_OUTPUT_PEER_REMOVED:
        forget_round_trip(self, &output->key);
        wl_event_log_peer_removed(self->event_log, &output->key);
        if (self->observer)
            self->observer->peer_gone(self, &output->key, self->observer_data);
        break;
    case WL_OUTPUT_LOG:
        g_message("%s", output->name);
        break;
    case WL_OUTPUT_SEND_ECHO:
        if (self->echo)
            wl_echo_send(self->echo, &output->key, &output->echo.source, &output->echo.destination,
                         output->echo.sequence);
        break;
    case WL_OUTPUT_WATCH_TRAFFIC:
        if (self->traffic)
            wl_traffic_watch_arm(self->traffic, output->prefixes);
        break;
    case WL_OUTPUT_RESOLVE_NEIGHBOR:
        wl_neighbor_watch_resolve(self->neighbors, &output->destination, output->ifindex);
        break;
    case WL_OUTPUT_SAVE_STATE:
        wl_session_save_state(self);
        break;
    }
}

gboolean
wl_session_pump(WlSession *self)
{
    WlOutput *next;

    if (self->pumping)
        return G_SOURCE_CONTINUE;
    self->pumping = TRUE;
    while (!self->failure && (next = wl_engine_next_output(self->engine))) {
        g_autoptr(WlOutput) output = next;

        carry_out(self, output);
    }
    self->pumping = FALSE;
    if (self->observer)
        self->observer->settled(self, self->observer_data);
    wl_timer_set(self->timer, wl_engine_get_deadline(self->engine));
    return G_SOURCE_CONTINUE;
}
