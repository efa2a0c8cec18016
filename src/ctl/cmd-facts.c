/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-ctl-bus.h"
#include "wl-ctl-error.h"
#include "wl-ctl-facts.h"
#include "wl-ctl-grid.h"
#include "wl-ctl-json.h"
#include "wl-ctl-output.h"
#include "wl-ctl-subject.h"
#include "wl-ctl.h"

#include <stdio.h>

#define MAX_LABEL 28
#define MAX_VALUE 60

enum {
    COLUMN_SUBJECT,
    COLUMN_ATTRIBUTE,
    COLUMN_VALUE,
    N_NEEDED,
    COLUMN_SOURCE = N_NEEDED,
    COLUMN_EXPIRES,
    COLUMN_BELIEVED,
    N_COLUMNS,
};

static const char *const titles[N_COLUMNS + 1] = {"ABOUT", "FACT",    "VALUE",
                                                  "FROM",  "EXPIRES", "BELIEVED"};

static char *
describe_expiry(GVariant *fact)
{
    guint64 seconds = wl_ctl_get_uint(fact, "Expires");

    if (seconds == 0)
        return g_strdup("stale");
    return g_strdup_printf("in %" G_GUINT64_FORMAT " s", seconds);
}

static void
add_row(WlGrid *grid, const WlCtlProfile *profile, GVariant *fact)
{
    gboolean accepted = wl_ctl_get_boolean(fact, "Accepted");
    const char *value = wl_ctl_get_string(fact, "Value");
    g_autofree char *subject = wl_ctl_fact_subject(profile, fact);
    g_autofree char *source = wl_ctl_fact_source(fact);
    char *cells[N_COLUMNS] = {
        [COLUMN_SUBJECT] = wl_ctl_cut(subject, MAX_LABEL),
        [COLUMN_ATTRIBUTE] = wl_ctl_quote(wl_ctl_get_string(fact, "Type"), MAX_LABEL),
        [COLUMN_VALUE] = *value ? wl_ctl_quote(value, MAX_VALUE) : g_strdup("-"),
        [COLUMN_SOURCE] = wl_ctl_cut(source, MAX_LABEL),
        [COLUMN_EXPIRES] = accepted ? describe_expiry(fact) : g_strdup("-"),
        [COLUMN_BELIEVED] = g_strdup(accepted ? "yes" : "refused"),
    };

    wl_grid_add(grid, cells, wl_ctl_fact_rule(fact));
    wl_grid_set_style(grid, COLUMN_BELIEVED, accepted ? WL_STYLE_GOOD : WL_STYLE_BAD);
}

static void
append_table(const WlCtlProfile *profile, const GPtrArray *facts, const WlPage *page, GString *out)
{
    g_autoptr(WlGrid) grid = wl_grid_new(titles, "RULE");
    g_autofree char *label = wl_ctl_profile_label(profile);
    guint refused = 0;

    wl_grid_set_needed(grid, N_NEEDED);
    for (guint i = 0; i < facts->len; i++) {
        GVariant *fact = g_ptr_array_index(facts, i);

        refused += !wl_ctl_get_boolean(fact, "Accepted");
        add_row(grid, profile, fact);
    }
    wl_page_append(page, out, WL_STYLE_TITLE, label);
    g_string_append_printf(out, ": %u believed, %u refused\n", facts->len - refused, refused);
    if (facts->len > 0)
        wl_grid_append(grid, page, out);
}

static void
print_json(const WlCtlProfiles *profiles, const GPtrArray *all)
{
    JsonObject *object = json_object_new();
    JsonArray *list = json_array_new();

    for (guint i = 0; i < all->len; i++) {
        const WlCtlProfile *profile = g_ptr_array_index(profiles->profiles, i);
        const WlCtlFacts *facts = g_ptr_array_index(all, i);
        JsonObject *entry;
        JsonArray *array;

        if (!facts->facts)
            continue;
        entry = json_object_new();
        array = json_array_new();
        json_object_set_string_member(entry, "id", wl_ctl_get_string(profile->link, "Id"));
        json_object_set_string_member(entry, "uuid", wl_ctl_get_string(profile->link, "Uuid"));
        for (guint j = 0; j < facts->facts->len; j++)
            json_array_add_object_element(array,
                                          wl_ctl_fact_to_json(g_ptr_array_index(facts->facts, j)));
        json_object_set_array_member(entry, "facts", array);
        json_array_add_object_element(list, entry);
    }
    json_object_set_array_member(object, "profiles", list);
    wl_ctl_json_add_problems(object, profiles);
    wl_ctl_print_json(object, TRUE);
}

static void
print_tables(const WlCtlProfiles *profiles, const GPtrArray *all)
{
    g_autoptr(GString) out = g_string_new(NULL);
    WlPage page;

    wl_page_init(&page);
    for (guint i = 0; i < all->len; i++) {
        const WlCtlFacts *facts = g_ptr_array_index(all, i);

        if (!facts->facts)
            continue;
        if (out->len > 0)
            g_string_append_c(out, '\n');
        append_table(g_ptr_array_index(profiles->profiles, i), facts->facts, &page, out);
    }
    fputs(out->str, stdout);
}

WlExit
wl_cmd_facts(char **arguments)
{
    gboolean json = FALSE;
    const GOptionEntry entries[] = {
        {"json", 0, 0, G_OPTION_ARG_NONE, &json, "print one JSON document", NULL},
        {NULL},
    };
    g_auto(GStrv) rest = NULL;
    g_auto(WlCtlSubject) subject = {0};
    g_autoptr(GPtrArray) all = NULL;
    WlCtlProfiles *profiles;
    gboolean any = FALSE;
    WlExit result;

    if (!wl_ctl_parse("facts", arguments, entries, 1, &rest))
        return WL_EXIT_USAGE;
    result = wl_ctl_subject_load(&subject, rest[0], json);
    if (result != WL_EXIT_OK)
        return result;
    profiles = subject.profiles;
    all = wl_ctl_facts_load(subject.bus, profiles->profiles);
    for (guint i = 0; i < all->len; i++) {
        WlCtlFacts *facts = g_ptr_array_index(all, i);

        any = any || facts->facts;
        if (facts->error)
            g_ptr_array_add(profiles->problems, g_error_copy(facts->error));
    }
    if (json && !any)
        return wl_ctl_fail(TRUE,
                           g_ptr_array_index(profiles->problems, profiles->problems->len - 1));
    if (json)
        print_json(profiles, all);
    else
        print_tables(profiles, all);
    return wl_ctl_profiles_finish(profiles, json);
}
