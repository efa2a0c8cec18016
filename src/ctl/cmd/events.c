/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wirelinkctl events: what happened to profiles and their peers, also before a restart. */
#include <stdio.h>
#include <string.h>

#include "wl-command.h"
#include "wl-display.h"
#include "wl-front-end.h"
#include "wl-grid.h"
#include "wl-past-events.h"
#include "wl-print.h"
#include "wl-profile-uuid.h"

#define DEFAULT_LINES 30
#define MAX_VALUE     63  /* columns */
#define MAX_REASON    300 /* columns */

static struct {
    int lines;
} options = {DEFAULT_LINES};

static const GOptionEntry entries[] = {
    {"lines", 'n', 0, G_OPTION_ARG_INT, &options.lines,
     "show this many of the last events of each profile (default: 30)", "NUMBER"},
    {NULL},
};

/* The events of one profile. */
typedef struct {
    char *id, *uuid;
    WlEventList *list;
} Past;

static void
past_free(Past *self)
{
    g_free(self->id);
    g_free(self->uuid);
    wl_event_list_free(self->list);
    g_free(self);
}

/* ---- output -------------------------------------------------------------------------------- */

static char *
format_time(gint64 time)
{
    g_autoptr(GDateTime) utc = g_date_time_new_from_unix_local(time);

    return utc ? g_date_time_format(utc, "%Y-%m-%d %H:%M:%S") : g_strdup("-");
}

static const char *
get_state(const WlEvent *event)
{
    return event->kind == WL_EVENT_PEER ? event->state : wl_event_kind_to_string(event->kind);
}

static WlStyle
get_style(const WlEvent *event)
{
    if (event->kind == WL_EVENT_FAILED)
        return WL_STYLE_BAD;
    return event->kind == WL_EVENT_PEER ? wl_style_of_state(event->state) : WL_STYLE_PLAIN;
}

static void
add_row(WlGrid *grid, const WlEvent *event)
{
    g_autofree char *name = *event->name  ? wl_display_quote(event->name, MAX_VALUE)
                            : *event->key ? wl_display_short_key(event->key)
                                          : g_strdup("-");
    char *cells[] = {format_time(event->time), g_steal_pointer(&name),
                     wl_display_quote(get_state(event), MAX_VALUE)};

    wl_grid_add(grid, cells, wl_display_quote(event->text, MAX_REASON));
    wl_grid_set_style(grid, 2, get_style(event));
}

/* Of the last events. */
static guint
get_first(const Past *past)
{
    guint n = past->list->events->len;

    return n > (guint) options.lines ? n - (guint) options.lines : 0;
}

static void
print_tables(const GPtrArray *all)
{
    static const char *const titles[] = {"TIME", "PEER", "STATE", NULL};
    g_autoptr(GString) out = g_string_new(NULL);
    WlPage page;

    wl_page_init(&page);
    for (guint i = 0; i < all->len; i++) {
        const Past *past = all->pdata[i];
        g_autoptr(WlGrid) grid = wl_grid_new(titles, "REASON");
        g_autofree char *label = wl_display_quote(past->id, MAX_VALUE);

        if (i > 0)
            g_string_append_c(out, '\n');
        wl_page_append(&page, out, WL_STYLE_TITLE, label);
        if (past->list->events->len == 0) {
            g_string_append(out, ": no events are recorded\n");
            continue;
        }
        g_string_append_c(out, '\n');
        for (guint j = get_first(past); j < past->list->events->len; j++)
            add_row(grid, past->list->events->pdata[j]);
        wl_grid_append(grid, &page, out);
    }
    fputs(out->str, stdout);
}

static JsonArray *
to_json(const Past *past)
{
    JsonArray *array = json_array_new();

    for (guint i = get_first(past); i < past->list->events->len; i++) {
        const WlEvent *event = past->list->events->pdata[i];
        JsonObject *object = json_object_new();

        json_object_set_int_member(object, "time", event->time);
        json_object_set_string_member(object, "kind", wl_event_kind_to_string(event->kind));
        json_object_set_string_member(object, "public_key", event->key);
        json_object_set_string_member(object, "name", event->name);
        json_object_set_string_member(object, "state", event->state);
        json_object_set_string_member(object, "text", event->text);
        json_array_add_object_element(array, object);
    }
    return array;
}

static void
print_json(const GPtrArray *all)
{
    JsonObject *object = json_object_new();
    JsonArray *list = json_array_new();

    for (guint i = 0; i < all->len; i++) {
        const Past *past = all->pdata[i];
        JsonObject *entry = json_object_new();

        json_object_set_string_member(entry, "id", past->id);
        json_object_set_string_member(entry, "uuid", past->uuid);
        json_object_set_array_member(entry, "events", to_json(past));
        json_array_add_object_element(list, entry);
    }
    json_object_set_array_member(object, "profiles", list);
    wl_print_json(object, TRUE);
}

/* ---- the command --------------------------------------------------------------------------- */

static gboolean
add_past(GPtrArray *all, const char *id, const char *uuid, WlEventList *list)
{
    Past *past;

    if (!list)
        return FALSE;
    past = g_new0(Past, 1);
    past->id = g_strdup(id);
    past->uuid = g_strdup(uuid);
    past->list = list;
    g_ptr_array_add(all, past);
    return TRUE;
}

static gboolean
add_active(GPtrArray *all, GDBusConnection *bus, const WlActiveProfiles *profiles, GError **error)
{
    for (guint i = 0; i < profiles->profiles->len; i++) {
        const WlActiveProfile *profile = profiles->profiles->pdata[i];

        if (!add_past(all, wl_property_string(profile->link, "Id"),
                      wl_property_string(profile->link, "Uuid"),
                      wl_past_events_load(bus, profile, error)))
            return FALSE;
    }
    return TRUE;
}

/* The named profile, which is not active. */
static gboolean
add_inactive(GPtrArray *all, GDBusConnection *bus, const char *name, GError **error)
{
    g_auto(WlFrontEnd) front_end = {0};

    if (!wl_front_end_find(&front_end, bus, name, error))
        return FALSE;
    if (!front_end.profile) {
        g_autofree char *uuid = wl_profile_uuid_of_file(name);

        return add_past(all, name, uuid, wl_past_events_read_of_file(name, error));
    }
    return add_past(all, front_end.profile->id, front_end.profile->uuid,
                    wl_past_events_read(front_end.profile->uuid, error));
}

static WlExit
check(const WlRequest *request)
{
    if (options.lines >= 1 && options.lines <= WL_EVENT_LIST_MAX)
        return WL_EXIT_OK;
    return wl_exit_usage(request->json, "events", "--lines takes a number from 1 to %d",
                         WL_EVENT_LIST_MAX);
}

static WlExit
run(WlRequest *request)
{
    const char *name = request->operands[0];
    g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func((GDestroyNotify) past_free);
    g_autoptr(WlActiveProfiles) profiles = NULL;
    g_autoptr(GError) error = NULL;
    gboolean done;

    profiles = wl_active_profiles_load(request->bus, name, NULL, &error);
    if (!profiles && name && error->code == WL_EXIT_NOTHING) {
        g_clear_error(&error);
        done = add_inactive(all, request->bus, name, &error);
    } else {
        done = profiles && add_active(all, request->bus, profiles, &error);
    }
    if (!done)
        return wl_exit_error(request->json, error);
    if (request->json)
        print_json(all);
    else
        print_tables(all);
    return profiles ? wl_active_profiles_finish(profiles, request->json) : WL_EXIT_OK;
}

const WlCommand wl_command_events = {
    .name = "events",
    .operands = "[PROFILE]",
    .summary = "show what happened to profiles and peers, also before a restart",
    .wants = WL_WANTS_BUS,
    .json = TRUE,
    .options = entries,
    .check = check,
    .run = run,
};
