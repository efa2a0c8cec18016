/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wirelinkctl facts: the facts that each active profile holds, accepted and refused. */
#include <stdio.h>

#include "wl-command.h"
#include "wl-display.h"
#include "wl-grid.h"
#include "wl-json.h"
#include "wl-known-facts.h"
#include "wl-print.h"

#define MAX_LABEL 28
#define MAX_VALUE 60

enum {
    COLUMN_SUBJECT,
    COLUMN_TYPE,
    COLUMN_VALUE,
    N_NEEDED,
    COLUMN_SOURCE = N_NEEDED,
    COLUMN_EXPIRES,
    COLUMN_ACCEPTED,
    N_COLUMNS,
};

static const char *const titles[N_COLUMNS + 1] = {"SUBJECT", "TYPE",    "VALUE",
                                                  "SOURCE",  "EXPIRES", "ACCEPTED"};

static char *
describe_expiry(GVariant *fact)
{
    guint64 seconds = wl_property_uint(fact, "Expires");

    if (seconds == 0)
        return g_strdup("stale");
    return g_strdup_printf("in %" G_GUINT64_FORMAT " s", seconds);
}

static void
add_row(WlGrid *grid, const WlActiveProfile *profile, GVariant *fact)
{
    gboolean accepted = wl_property_boolean(fact, "Accepted");
    const char *value = wl_property_string(fact, "Value");
    g_autofree char *subject = wl_known_fact_subject(profile, fact);
    g_autofree char *source = wl_known_fact_source(fact);
    char *cells[N_COLUMNS] = {
        [COLUMN_SUBJECT] = wl_display_cut(subject, MAX_LABEL),
        [COLUMN_TYPE] = wl_display_quote(wl_property_string(fact, "Type"), MAX_LABEL),
        [COLUMN_VALUE] = *value ? wl_display_quote(value, MAX_VALUE) : g_strdup("-"),
        [COLUMN_SOURCE] = wl_display_cut(source, MAX_LABEL),
        [COLUMN_EXPIRES] = accepted ? describe_expiry(fact) : g_strdup("-"),
        [COLUMN_ACCEPTED] = g_strdup(accepted ? "yes" : "no"),
    };

    wl_grid_add(grid, cells, wl_known_fact_reason(fact));
    wl_grid_set_style(grid, COLUMN_ACCEPTED, accepted ? WL_STYLE_GOOD : WL_STYLE_BAD);
}

static void
append_counters(const WlActiveProfile *profile, const WlPage *page, GString *out)
{
    static const struct {
        const char *title, *property, *prefix;
    } rows[] = {
        {"refused since the activation: ", "ReceiveCounters", "refused-"},
        {"held back since the activation: ", "HeldBack", ""},
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *counters =
            wl_property_counters(profile->link, rows[i].property, rows[i].prefix);
        g_autofree char *line = g_strconcat(rows[i].title, counters, NULL);

        if (*counters)
            wl_page_append_wrapped(page, out, 2, line);
    }
}

static void
append_table(const WlActiveProfile *profile, const GPtrArray *facts, const WlPage *page,
             GString *out)
{
    g_autoptr(WlGrid) grid = wl_grid_new(titles, "REASON");
    g_autofree char *label = wl_active_profile_label(profile);
    guint refused = 0;

    wl_grid_set_needed(grid, N_NEEDED);
    for (guint i = 0; i < facts->len; i++) {
        GVariant *fact = g_ptr_array_index(facts, i);

        refused += !wl_property_boolean(fact, "Accepted");
        add_row(grid, profile, fact);
    }
    wl_page_append(page, out, WL_STYLE_TITLE, label);
    g_string_append_printf(out, ": %u accepted, %u refused\n", facts->len - refused, refused);
    append_counters(profile, page, out);
    if (facts->len > 0)
        wl_grid_append(grid, page, out);
}

static void
print_json(const WlActiveProfiles *profiles, const GPtrArray *all)
{
    JsonObject *object = json_object_new();
    JsonArray *list = json_array_new();

    for (guint i = 0; i < all->len; i++) {
        const WlActiveProfile *profile = g_ptr_array_index(profiles->profiles, i);
        const WlKnownFacts *facts = g_ptr_array_index(all, i);
        JsonObject *entry;
        JsonArray *array;

        if (!facts->facts)
            continue;
        entry = json_object_new();
        array = json_array_new();
        json_object_set_string_member(entry, "id", wl_property_string(profile->link, "Id"));
        json_object_set_string_member(entry, "uuid", wl_property_string(profile->link, "Uuid"));
        for (guint j = 0; j < facts->facts->len; j++)
            json_array_add_object_element(array,
                                          wl_json_from_fact(g_ptr_array_index(facts->facts, j)));
        json_object_set_array_member(entry, "facts", array);
        json_array_add_object_element(list, entry);
    }
    json_object_set_array_member(object, "profiles", list);
    wl_json_add_problems(object, profiles);
    wl_print_json(object, TRUE);
}

static void
print_tables(const WlActiveProfiles *profiles, const GPtrArray *all)
{
    g_autoptr(GString) out = g_string_new(NULL);
    WlPage page;

    wl_page_init(&page);
    for (guint i = 0; i < all->len; i++) {
        const WlKnownFacts *facts = g_ptr_array_index(all, i);

        if (!facts->facts)
            continue;
        if (out->len > 0)
            g_string_append_c(out, '\n');
        append_table(g_ptr_array_index(profiles->profiles, i), facts->facts, &page, out);
    }
    fputs(out->str, stdout);
}

static WlExit
run(WlRequest *request)
{
    WlActiveProfiles *profiles = request->profiles;
    g_autoptr(GPtrArray) all = wl_known_facts_load(request->bus, profiles->profiles);
    gboolean any = FALSE;

    for (guint i = 0; i < all->len; i++) {
        WlKnownFacts *facts = g_ptr_array_index(all, i);

        any = any || facts->facts;
        if (facts->error)
            g_ptr_array_add(profiles->problems, g_error_copy(facts->error));
    }
    if (request->json && !any)
        return wl_exit_error(TRUE,
                             g_ptr_array_index(profiles->problems, profiles->problems->len - 1));
    if (request->json)
        print_json(profiles, all);
    else
        print_tables(profiles, all);
    return wl_active_profiles_finish(profiles, request->json);
}

const WlCommand wl_command_facts = {
    .name = "facts",
    .operands = "[PROFILE]",
    .summary = "list the facts about the network, with source and reason for acceptance or refusal",
    .wants = WL_WANTS_PROFILE,
    .json = TRUE,
    .run = run,
};
