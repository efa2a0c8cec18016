/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-ctl-bus.h"
#include "wl-ctl-error.h"
#include "wl-ctl-json.h"
#include "wl-ctl-output.h"
#include "wl-ctl-profiles.h"
#include "wl-ctl-round-trips.h"
#include "wl-ctl-signals.h"
#include "wl-ctl-table.h"
#include "wl-ctl.h"

#include <stdio.h>

#define TURN             (G_USEC_PER_SEC / 4) /* us between two looks at the clock */
#define SHORTEST         G_USEC_PER_SEC       /* us between two reads, where signals ask for one */
#define LONGEST          (2 * G_USEC_PER_SEC) /* us: counters are never signalled */
#define MS(microseconds) ((guint) ((microseconds) / 1000))

typedef struct {
    GDBusConnection *bus;
    const char *name; /* of the profile asked for, or NULL */
    gboolean json;
} Request;

static void
print_json(const WlCtlProfiles *profiles, gboolean pretty)
{
    JsonObject *object = json_object_new();
    JsonArray *list = json_array_new();

    for (guint i = 0; i < profiles->profiles->len; i++)
        json_array_add_object_element(
            list, wl_ctl_profile_to_json(g_ptr_array_index(profiles->profiles, i)));
    json_object_set_array_member(object, "profiles", list);
    wl_ctl_json_add_problems(object, profiles);
    wl_ctl_print_json(object, pretty);
}

static void
append_tables(const WlCtlProfiles *profiles, const WlCtlProfiles *before, GString *out)
{
    gint64 now = g_get_real_time() / G_USEC_PER_SEC;
    WlPage page;

    wl_page_init(&page);
    for (guint i = 0; i < profiles->profiles->len; i++) {
        const WlCtlProfile *profile = g_ptr_array_index(profiles->profiles, i);

        if (i > 0)
            g_string_append_c(out, '\n');
        wl_ctl_table_append(profile, before ? wl_ctl_profiles_find(before, profile->service) : NULL,
                            now, &page, out);
    }
    if (profiles->denied > 0)
        g_string_append_printf(out, "\n%u more active that only root and its users may see\n",
                               profiles->denied);
}

/* ---- again and again ----------------------------------------------------------------------- */

static gboolean
turn(gpointer user_data)
{
    return G_SOURCE_CONTINUE;
}

static gboolean
take_signals(WlCtlSignals *signals)
{
    gboolean any = FALSE;

    for (;;) {
        g_autoptr(WlCtlSignal) signal = wl_ctl_signals_take(signals);

        if (!signal)
            return any;
        any = TRUE;
    }
}

/* @profiles or @error. */
static void
draw(const Request *request, WlScreen *screen, const WlCtlProfiles *profiles,
     const WlCtlProfiles *before, const GError *error)
{
    g_autoptr(GString) out = g_string_new(NULL);

    if (request->json && profiles) {
        print_json(profiles, FALSE);
        fflush(stdout);
        return;
    }
    if (request->json) {
        wl_ctl_fail(TRUE, error);
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
    wl_screen_draw(screen, out->str);
}

/* With @first already read, and taken. Profiles may go and come meanwhile. */
static WlExit
watch(const Request *request, WlCtlSignals *signals, WlCtlProfiles *first)
{
    g_autoptr(WlCtlProfiles) profiles = first;
    g_autoptr(WlCtlProfiles) before = NULL;
    g_autoptr(WlScreen) screen = wl_screen_new(!request->json);
    GCancellable *end = wl_screen_get_end(screen);
    guint timer = g_timeout_add(MS(TURN), turn, NULL);
    gint64 last = g_get_monotonic_time();
    gboolean dirty = FALSE;

    draw(request, screen, profiles, NULL, NULL);
    while (!g_cancellable_is_cancelled(end) && !g_dbus_connection_is_closed(request->bus)) {
        g_autoptr(GError) error = NULL;
        gint64 passed;

        g_main_context_iteration(NULL, TRUE);
        dirty = take_signals(signals) || wl_screen_take_resized(screen) || dirty;
        passed = g_get_monotonic_time() - last;
        if (passed < (dirty ? SHORTEST : LONGEST))
            continue;
        dirty = FALSE;
        g_clear_pointer(&before, wl_ctl_profiles_free);
        before = g_steal_pointer(&profiles);
        profiles = wl_ctl_profiles_load(request->bus, request->name, end, &error);
        if (!g_cancellable_is_cancelled(end))
            draw(request, screen, profiles, before, error);
        last = g_get_monotonic_time();
    }
    g_source_remove(timer);
    return g_cancellable_is_cancelled(end) ? WL_EXIT_OK : WL_EXIT_FAILURE;
}

/* ---- the command --------------------------------------------------------------------------- */

WlExit
wl_cmd_status(char **arguments)
{
    gboolean json = FALSE, again = FALSE;
    const GOptionEntry entries[] = {
        {"json", 0, 0, G_OPTION_ARG_NONE, &json, "print one JSON document, or one a line", NULL},
        {"watch", 0, 0, G_OPTION_ARG_NONE, &again, "draw it again at each change; q ends", NULL},
        {NULL},
    };
    g_auto(GStrv) rest = NULL;
    g_autoptr(GDBusConnection) bus = NULL;
    g_autoptr(WlCtlSignals) signals = NULL;
    g_autoptr(WlCtlProfiles) profiles = NULL;
    g_autoptr(GString) out = g_string_new(NULL);
    g_autoptr(GError) error = NULL;
    Request request;

    if (!wl_ctl_parse("status", arguments, entries, 1, &rest))
        return WL_EXIT_USAGE;
    bus = wl_ctl_bus_get(&error);
    if (!bus)
        return wl_ctl_fail(json, error);
    if (again)
        signals = wl_ctl_signals_new(bus);
    profiles = wl_ctl_profiles_load(bus, rest[0], NULL, &error);
    if (!profiles)
        return wl_ctl_fail(json, error);
    wl_ctl_round_trips_complete(bus, profiles);
    request = (Request){bus, rest[0], json};
    if (again)
        return watch(&request, signals, g_steal_pointer(&profiles));
    if (json) {
        print_json(profiles, TRUE);
    } else {
        append_tables(profiles, NULL, out);
        fputs(out->str, stdout);
    }
    return wl_ctl_profiles_finish(profiles, json);
}
