/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wirelinkctl status: the active profiles and their peers, once or redrawn at each change. */
#include <stdio.h>
#include <string.h>

#include "wl-command.h"
#include "wl-json.h"
#include "wl-print.h"
#include "wl-prometheus.h"
#include "wl-round-trips.h"
#include "wl-screen.h"
#include "wl-signals.h"
#include "wl-status-table.h"

#define TURN             (G_USEC_PER_SEC / 4) /* µs between two checks of the time */
#define SHORTEST         G_USEC_PER_SEC       /* µs between two reads that signals request */
#define LONGEST          (2 * G_USEC_PER_SEC) /* µs between two reads: counters send no signals */
#define MS(microseconds) ((guint) ((microseconds) / 1000))

#define HELP "n name, s state, l latency, t traffic, q quit"

static struct {
    gboolean watch, verbose, prometheus;
    char *sort;
    WlPeerOrder order; /* of --sort, then of the key that was pressed last */
} options;

static const GOptionEntry entries[] = {
    {"watch", 0, 0, G_OPTION_ARG_NONE, &options.watch, "redraw at each change, until q is pressed",
     NULL},
    {"verbose", 'v', 0, G_OPTION_ARG_NONE, &options.verbose,
     "add keys, ports, endpoints, handshakes and trust", NULL},
    {"sort", 0, 0, G_OPTION_ARG_STRING, &options.sort,
     "sort peers by name, state, latency or traffic (default: name)", "ORDER"},
    {"prometheus", 0, 0, G_OPTION_ARG_NONE, &options.prometheus,
     "print metrics in the text format of Prometheus", NULL},
    {NULL},
};

static void
print_json(const WlActiveProfiles *profiles, gboolean pretty)
{
    JsonObject *object = json_object_new();
    JsonArray *list = json_array_new();

    for (guint i = 0; i < profiles->profiles->len; i++)
        json_array_add_object_element(
            list, wl_json_from_profile(g_ptr_array_index(profiles->profiles, i)));
    json_object_set_array_member(object, "profiles", list);
    wl_json_add_problems(object, profiles);
    wl_print_json(object, pretty);
}

static void
append_tables(const WlActiveProfiles *profiles, const WlActiveProfiles *before, GString *out)
{
    gint64 now = g_get_real_time() / G_USEC_PER_SEC;
    WlPage page;

    wl_page_init(&page);
    for (guint i = 0; i < profiles->profiles->len; i++) {
        WlActiveProfile *profile = g_ptr_array_index(profiles->profiles, i);

        wl_active_profile_sort(profile, options.order);
        if (i > 0)
            g_string_append_c(out, '\n');
        wl_status_table_append(profile,
                               before ? wl_active_profiles_find(before, profile->service) : NULL,
                               now, options.verbose, &page, out);
    }
    if (profiles->denied > 0)
        g_string_append_printf(out, "\n%u more active, visible only to root and their users\n",
                               profiles->denied);
}

/* ---- --watch ------------------------------------------------------------------------------- */

static gboolean
turn(gpointer user_data)
{
    return G_SOURCE_CONTINUE;
}

static gboolean
take_signals(WlSignals *signals)
{
    gboolean any = FALSE;

    for (;;) {
        g_autoptr(WlSignal) signal = wl_signals_take(signals);

        if (!signal)
            return any;
        any = TRUE;
    }
}

static void
append_clock(GString *out)
{
    g_autoptr(GDateTime) now = g_date_time_new_now_local();
    g_autofree char *time = g_date_time_format(now, "%H:%M:%S");

    g_string_append_printf(out, "\nread at %s\n", time);
}

/* TRUE if a key asks for another order. */
static gboolean
take_keys(WlScreen *screen)
{
    static const char keys[] = "nslt"; /* in the order of WlPeerOrder */
    gboolean any = FALSE;
    char key;

    while ((key = wl_screen_take_key(screen))) {
        const char *found = strchr(keys, key);

        if (found)
            options.order = (WlPeerOrder) (found - keys);
        any = any || found;
    }
    return any;
}

/* @profiles or @error. */
static void
draw(const WlRequest *request, WlScreen *screen, const WlActiveProfiles *profiles,
     const WlActiveProfiles *before, const GError *error)
{
    g_autoptr(GString) out = g_string_new(NULL);

    if (request->json && profiles) {
        print_json(profiles, FALSE);
        fflush(stdout);
        return;
    }
    if (request->json) {
        wl_exit_error(TRUE, error);
        fflush(stdout);
        return;
    }
    if (profiles)
        append_tables(profiles, before, out);
    else
        g_string_append_printf(out, "%s\n", error->message);
    for (guint i = 0; profiles && i < profiles->problems->len; i++) {
        const GError *problem = g_ptr_array_index(profiles->problems, i);

        g_string_append_printf(out, "\n%s\n", problem->message);
    }
    append_clock(out);
    wl_screen_draw(screen, out->str);
}

/* Takes @first, which was just read. Profiles may come and go. */
static WlExit
watch(const WlRequest *request, WlSignals *signals, WlActiveProfiles *first)
{
    g_autoptr(WlActiveProfiles) profiles = first;
    g_autoptr(WlActiveProfiles) before = NULL;
    g_autoptr(WlScreen) screen = wl_screen_new(!request->json);
    GCancellable *end = wl_screen_get_end(screen);
    guint timer = g_timeout_add(MS(TURN), turn, NULL);
    gint64 last = g_get_monotonic_time();
    gboolean dirty = FALSE;

    wl_screen_set_help(screen, HELP);
    draw(request, screen, profiles, NULL, NULL);
    while (!g_cancellable_is_cancelled(end) && !g_dbus_connection_is_closed(request->bus)) {
        g_autoptr(GError) error = NULL;
        gint64 passed;

        g_main_context_iteration(NULL, TRUE);
        if (take_keys(screen) && profiles)
            draw(request, screen, profiles, before, NULL);
        dirty = take_signals(signals) || wl_screen_take_resized(screen) || dirty;
        passed = g_get_monotonic_time() - last;
        if (passed < (dirty ? SHORTEST : LONGEST))
            continue;
        dirty = FALSE;
        g_clear_pointer(&before, wl_active_profiles_free);
        before = g_steal_pointer(&profiles);
        profiles = wl_active_profiles_load(request->bus, request->operands[0], end, &error);
        if (!g_cancellable_is_cancelled(end))
            draw(request, screen, profiles, before, error);
        last = g_get_monotonic_time();
    }
    g_source_remove(timer);
    return g_cancellable_is_cancelled(end) ? WL_EXIT_OK : WL_EXIT_FAILURE;
}

/* ---- the command --------------------------------------------------------------------------- */

static WlExit
check(const WlRequest *request)
{
    if (!options.sort || wl_peer_order_parse(options.sort, &options.order))
        return WL_EXIT_OK;
    return wl_exit_usage(request->json, "status", "--sort takes name, state, latency or traffic");
}

static WlExit
run(WlRequest *request)
{
    g_autoptr(WlSignals) signals = options.watch ? wl_signals_new(request->bus) : NULL;
    g_autoptr(WlActiveProfiles) profiles = NULL;
    g_autoptr(GString) out = g_string_new(NULL);
    g_autoptr(GError) error = NULL;

    profiles = wl_active_profiles_load_settled(request->bus, request->operands[0], &error);
    if (!profiles)
        return wl_exit_error(request->json, error);
    wl_round_trips_complete(request->bus, profiles);
    if (options.prometheus) {
        g_autofree char *metrics = wl_prometheus_format(profiles);

        fputs(metrics, stdout);
        return wl_active_profiles_finish(profiles, FALSE);
    }
    if (options.watch)
        return watch(request, signals, g_steal_pointer(&profiles));
    if (request->json) {
        print_json(profiles, TRUE);
    } else {
        append_tables(profiles, NULL, out);
        fputs(out->str, stdout);
    }
    return wl_active_profiles_finish(profiles, request->json);
}

const WlCommand wl_command_status = {
    .name = "status",
    .operands = "[PROFILE]",
    .summary = "show the active profiles and their peers",
    .wants = WL_WANTS_BUS,
    .json = TRUE,
    .options = entries,
    .check = check,
    .run = run,
};
