/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wirelinkctl ping: echo requests to a peer through the tunnel, each with the path it took. */
#include <stdio.h>
#include <string.h>

#include "wl-bus.h"
#include "wl-command.h"
#include "wl-display.h"
#include "wl-link-local.h"
#include "wl-ping.h"
#include "wl-print.h"
#include "wl-screen.h"
#include "wl-units.h"

#define DEFAULT_COUNT 5
#define MAX_COUNT     100
#define INTERVAL      G_USEC_PER_SEC       /* µs between two requests */
#define PATIENCE      (2 * G_USEC_PER_SEC) /* µs to wait for a reply */

static struct {
    int count;
} options = {DEFAULT_COUNT};

static const GOptionEntry entries[] = {
    {"count", 'c', 0, G_OPTION_ARG_INT, &options.count, "send this many requests (default: 5)",
     "NUMBER"},
    {NULL},
};

/* What became of the requests. */
typedef struct {
    guint sent, received;
    gint64 least, most, sum; /* µs, of the replies */
    char *path;              /* at the last one */
    JsonArray *replies;      /* or NULL */
} Outcome;

static void
outcome_clear(Outcome *self)
{
    g_free(self->path);
    g_clear_pointer(&self->replies, json_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Outcome, outcome_clear)

/* ---- the peer ------------------------------------------------------------------------------ */

/* Its address inside the tunnel, else its link-local address, at which only a direct path leads to
 * it. */
static char *
get_address(const WlActivePeer *peer)
{
    g_autofree char *address = wl_active_peer_address(peer);
    WlIp link_local;
    WlKey key;

    if (*address || !wl_key_parse(wl_property_string(peer->properties, "PublicKey"), &key))
        return g_steal_pointer(&address);
    wl_key_link_local(&key, &link_local);
    return wl_ip_to_string(&link_local);
}

/* As its service publishes it now; "" if the profile or the peer is gone. */
static char *
read_path(const WlRequest *request)
{
    g_autoptr(WlActiveProfiles) now = wl_active_profiles_load(request->bus, NULL, NULL, NULL);
    const WlActiveProfile *profile =
        now ? wl_active_profiles_find(now, request->profile->service) : NULL;
    const WlActivePeer *peer =
        profile ? wl_active_profile_find_peer(profile, request->peer->path) : NULL;

    return peer ? wl_active_peer_path(profile, peer) : g_strdup("");
}

/* ---- output -------------------------------------------------------------------------------- */

static const char *
describe_failure(WlPingResult result)
{
    switch (result) {
    case WL_PING_TOO_BIG:
        return "larger than the MTU";
    case WL_PING_UNREACHABLE:
        return "not sent: unreachable";
    case WL_PING_NO_REPLY:
    case WL_PING_REPLY:
        break;
    }
    return "no reply within 2 s";
}

static void
take(Outcome *self, WlPingResult result, gint64 round_trip, char *path)
{
    self->sent++;
    g_free(self->path);
    self->path = path;
    if (result != WL_PING_REPLY)
        return;
    self->least = self->received ? MIN(self->least, round_trip) : round_trip;
    self->most = MAX(self->most, round_trip);
    self->sum += round_trip;
    self->received++;
}

static void
print_reply(const Outcome *outcome, const char *label, WlPingResult result, gint64 round_trip)
{
    g_autofree char *time = wl_units_round_trip((guint64) MAX(round_trip, 1));

    if (result == WL_PING_REPLY)
        printf("%u  reply from %s after %s  %s\n", outcome->sent, label, time, outcome->path);
    else
        printf("%u  %s  %s\n", outcome->sent, describe_failure(result), outcome->path);
    fflush(stdout);
}

static void
add_reply(Outcome *outcome, WlPingResult result, gint64 round_trip)
{
    JsonObject *reply = json_object_new();

    json_object_set_string_member(reply, "result",
                                  result == WL_PING_REPLY      ? "reply"
                                  : result == WL_PING_NO_REPLY ? "no-reply"
                                                               : "unreachable");
    if (result == WL_PING_REPLY)
        json_object_set_int_member(reply, "round_trip_us", round_trip);
    json_object_set_string_member(reply, "path", outcome->path);
    json_array_add_object_element(outcome->replies, reply);
}

static guint
get_loss(const Outcome *outcome)
{
    return outcome->sent ? (outcome->sent - outcome->received) * 100 / outcome->sent : 0;
}

static void
print_summary(const Outcome *outcome, const char *label)
{
    g_autofree char *least = wl_units_round_trip((guint64) MAX(outcome->least, 1));
    g_autofree char *most = wl_units_round_trip((guint64) MAX(outcome->most, 1));

    printf("%s: %u of %u requests answered, %u %% lost", label, outcome->received, outcome->sent,
           get_loss(outcome));
    if (outcome->received > 0) {
        g_autofree char *average =
            wl_units_round_trip((guint64) MAX(outcome->sum / outcome->received, 1));

        printf("; round trip %s on average, %s to %s", average, least, most);
    }
    putchar('\n');
    if (outcome->received == 0 && outcome->sent > 0) {
        g_autofree char *word = wl_display_shell_word(label);

        printf("wirelinkctl explain %s names the cause; a firewall on %s may drop echo requests\n",
               word, label);
    }
}

static void
print_json(Outcome *outcome, const WlRequest *request, const char *address)
{
    JsonObject *object = json_object_new();

    json_object_set_string_member(object, "profile",
                                  wl_property_string(request->profile->link, "Id"));
    json_object_set_string_member(object, "public_key",
                                  wl_property_string(request->peer->properties, "PublicKey"));
    json_object_set_string_member(object, "name",
                                  wl_property_string(request->peer->properties, "Name"));
    json_object_set_string_member(object, "address", address);
    json_object_set_int_member(object, "sent", outcome->sent);
    json_object_set_int_member(object, "received", outcome->received);
    json_object_set_int_member(object, "loss_percent", get_loss(outcome));
    if (outcome->received > 0) {
        json_object_set_int_member(object, "least_us", outcome->least);
        json_object_set_int_member(object, "average_us", outcome->sum / outcome->received);
        json_object_set_int_member(object, "most_us", outcome->most);
    }
    json_object_set_array_member(object, "replies", g_steal_pointer(&outcome->replies));
    wl_print_json(object, TRUE);
}

/* ---- the command --------------------------------------------------------------------------- */

static gboolean
end_wait(gpointer user_data)
{
    *(gboolean *) user_data = TRUE;
    return G_SOURCE_CONTINUE;
}

static void
wait_until(gint64 when, GCancellable *end)
{
    gint64 left = when - g_get_monotonic_time();
    gboolean over = left <= 0;
    guint timer = g_timeout_add((guint) MAX(left / 1000, 1), end_wait, &over);

    while (!over && !g_cancellable_is_cancelled(end))
        g_main_context_iteration(NULL, TRUE);
    g_source_remove(timer);
}

static void
send_all(WlPing *ping, const WlRequest *request, const char *label, Outcome *outcome)
{
    g_autoptr(WlScreen) screen = wl_screen_new(FALSE);
    GCancellable *end = wl_screen_get_end(screen);

    while (outcome->sent < (guint) options.count && !g_cancellable_is_cancelled(end)) {
        gint64 start = g_get_monotonic_time(), round_trip = 0;
        WlPingResult result = wl_ping_send(ping, WL_PING_SMALL, PATIENCE, end, &round_trip);

        if (result == WL_PING_NO_REPLY && g_cancellable_is_cancelled(end))
            break;
        take(outcome, result, round_trip, read_path(request));
        if (request->json)
            add_reply(outcome, result, round_trip);
        else
            print_reply(outcome, label, result, round_trip);
        if (outcome->sent < (guint) options.count)
            wait_until(start + INTERVAL, end);
    }
}

static WlExit
check(const WlRequest *request)
{
    if (options.count >= 1 && options.count <= MAX_COUNT)
        return WL_EXIT_OK;
    return wl_exit_usage(request->json, "ping", "--count takes a number from 1 to %d", MAX_COUNT);
}

static WlExit
run(WlRequest *request)
{
    g_autofree char *address = get_address(request->peer);
    g_autofree char *label = wl_active_peer_label(request->peer);
    g_auto(Outcome) outcome = {.replies = json_array_new()};
    g_autoptr(WlPing) ping = NULL;
    g_autoptr(GError) error = NULL;

    ping = wl_ping_new(address, wl_property_string(request->profile->link, "Interface"), &error);
    if (!ping)
        return wl_exit_error(request->json, error);
    if (!request->json)
        printf("%s is %s\n", label, address);
    send_all(ping, request, label, &outcome);
    if (request->json)
        print_json(&outcome, request, address);
    else
        print_summary(&outcome, label);
    return outcome.received > 0 ? WL_EXIT_OK : WL_EXIT_FAILURE;
}

const WlCommand wl_command_ping = {
    .name = "ping",
    .operands = "PEER",
    .summary = "send echo requests to a peer and show the path, the round trip and the loss",
    .wants = WL_WANTS_PEER,
    .json = TRUE,
    .options = entries,
    .check = check,
    .run = run,
};
