/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wirelinkctl watch: a line of text or JSON for each change of a profile or a peer. */
#include <stdio.h>
#include <string.h>

#include "wl-command.h"
#include "wl-display.h"
#include "wl-page.h"
#include "wl-print.h"
#include "wl-screen.h"
#include "wl-watched.h"

#define TURN      250            /* ms between two checks of the time */
#define SHORTEST  G_USEC_PER_SEC /* µs between two reads of everything */
#define MAX_LABEL 63             /* columns */
#define MAX_NOTE  300            /* columns */

/* ---- lines --------------------------------------------------------------------------------- */

static void
print_json(const WlWatchedProfile *profile, const WlWatchedPeer *peer, const char *change,
           const char *old_state)
{
    JsonObject *object = json_object_new();

    json_object_set_int_member(object, "time", g_get_real_time() / G_USEC_PER_SEC);
    json_object_set_string_member(object, "profile", profile->id);
    json_object_set_string_member(object, "change", change);
    if (peer) {
        json_object_set_string_member(object, "peer", peer->name);
        json_object_set_string_member(object, "public_key", peer->key);
        if (old_state)
            json_object_set_string_member(object, "old_state", old_state);
        json_object_set_string_member(object, "state", peer->state);
        json_object_set_string_member(object, "reason", peer->reason);
    }
    wl_print_json(object, FALSE);
}

static void
append_state(const WlPage *page, GString *line, const char *state)
{
    g_autofree char *shown = wl_display_quote(state, MAX_LABEL);

    wl_page_append(page, line, wl_style_of_state(state), *shown ? shown : "-");
}

static void
append_change(const WlPage *page, GString *line, const WlWatchedPeer *peer, const char *change,
              const char *old_state)
{
    g_autofree char *reason = wl_display_quote(peer->reason, MAX_NOTE);

    if (strcmp(change, "removed") == 0) {
        g_string_append(line, change);
        return;
    }
    if (strcmp(change, "added") == 0)
        g_string_append_printf(line, "%s, ", change);
    if (old_state) {
        append_state(page, line, old_state);
        g_string_append(line, " -> ");
    }
    append_state(page, line, peer->state);
    if (*reason)
        g_string_append_printf(line, ": %s", reason);
}

static void
print_line(const WlWatchedProfile *profile, const WlWatchedPeer *peer, const char *change,
           const char *old_state)
{
    g_autoptr(GDateTime) now = g_date_time_new_now_local();
    g_autofree char *time = g_date_time_format(now, "%H:%M:%S");
    g_autoptr(GString) line = g_string_new(time);
    WlPage page;

    wl_page_init(&page);
    g_string_append_printf(line, "  %s", profile->label);
    if (peer) {
        g_autofree char *name =
            *peer->name ? wl_display_quote(peer->name, MAX_LABEL) : wl_display_short_key(peer->key);

        g_string_append_printf(line, "  %s  ", name);
        append_change(&page, line, peer, change, old_state);
    } else {
        g_string_append_printf(line, "  %s", change);
    }
    puts(line->str);
}

/* A WlWatchedFunc. */
static void
report(const WlWatchedProfile *profile, const WlWatchedPeer *peer, const char *change,
       const char *old_state, gpointer user_data)
{
    const WlRequest *request = user_data;

    if (request->json)
        print_json(profile, peer, change, old_state);
    else
        print_line(profile, peer, change, old_state);
    fflush(stdout);
}

/* ---- the command --------------------------------------------------------------------------- */

static gboolean
turn(gpointer user_data)
{
    return G_SOURCE_CONTINUE;
}

static void
read_again(WlWatched *watched, const WlRequest *request, GCancellable *end)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(WlActiveProfiles) read =
        wl_active_profiles_load(request->bus, request->operands[0], end, &error);
    gboolean none = g_error_matches(error, WL_CTL_ERROR, WL_EXIT_NOTHING);

    if (!g_cancellable_is_cancelled(end) && (read || none))
        wl_watched_compare(watched, read);
    else
        wl_watched_keep(watched);
}

static WlExit
watch(WlWatched *watched, const WlRequest *request)
{
    g_autoptr(WlScreen) screen = wl_screen_new(FALSE);
    GCancellable *end = wl_screen_get_end(screen);
    guint timer = g_timeout_add(TURN, turn, NULL);
    gint64 last = 0;

    while (!g_cancellable_is_cancelled(end) && !g_dbus_connection_is_closed(request->bus)) {
        if (wl_watched_take_signal(watched)) {
            /* The next one. */
        } else if (wl_watched_wants_read(watched) && g_get_monotonic_time() - last >= SHORTEST) {
            read_again(watched, request, end);
            last = g_get_monotonic_time();
        } else {
            g_main_context_iteration(NULL, TRUE);
        }
        /* The reader is gone. */
        if (ferror(stdout))
            break;
    }
    g_source_remove(timer);
    return g_cancellable_is_cancelled(end) ? WL_EXIT_OK : WL_EXIT_FAILURE;
}

static WlExit
run(WlRequest *request)
{
    g_autoptr(WlSignals) signals = wl_signals_new(request->bus);
    g_autoptr(WlActiveProfiles) first = NULL;
    g_autoptr(WlWatched) watched = NULL;
    g_autoptr(GError) error = NULL;
    WlExit result;

    first = wl_active_profiles_load(request->bus, request->operands[0], NULL, &error);
    if (!first)
        return wl_exit_error(request->json, error);
    wl_active_profiles_finish(first, FALSE);
    watched = wl_watched_new(signals, first, report, request);
    result = watch(watched, request);
    if (g_dbus_connection_is_closed(request->bus))
        wl_print_error("the connection to the system bus is lost: start dbus, then NetworkManager");
    return result;
}

const WlCommand wl_command_watch = {
    .name = "watch",
    .operands = "[PROFILE]",
    .summary = "print a line for each change",
    .wants = WL_WANTS_BUS,
    .json = TRUE,
    .run = run,
};
