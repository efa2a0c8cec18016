/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wirelinkctl router: the routers that stand in for each other, and which one is used. */
#include <stdio.h>
#include <string.h>

#include "wl-active-routers.h"
#include "wl-change-call.h"
#include "wl-command.h"
#include "wl-display.h"
#include "wl-grid.h"
#include "wl-json.h"
#include "wl-pick.h"
#include "wl-print.h"

#define MAX_LABEL 28

static char *profile_option;
static gboolean automatic_option;

/* ---- the list ------------------------------------------------------------------------------ */

static void
append_head(const WlActiveProfile *profile, const GPtrArray *routers, const WlPage *page,
            GString *out)
{
    const WlActivePeer *current = wl_active_routers_current(profile);
    g_autofree char *label = wl_active_profile_label(profile);
    g_autofree char *name = current ? wl_active_peer_label(current) : NULL;
    g_autofree char *reason = wl_active_routers_reason(profile, g_get_real_time() / G_USEC_PER_SEC);
    gboolean own = strcmp(wl_property_string(profile->link, "Role"), "router") == 0;

    wl_page_append(page, out, WL_STYLE_TITLE, label);
    if (name)
        g_string_append_printf(out, ": %s is used%s%s\n", name, *reason ? ", " : "", reason);
    else if (own)
        g_string_append(out, routers->len > 0 ? ": this machine is a router, beside\n"
                                              : ": this machine is the only router\n");
    else
        g_string_append(out, ": no router\n");
}

static void
append_list(const WlActiveProfile *profile, const WlPage *page, GString *out)
{
    static const char *const titles[] = {"ORDER", "ROUTER", "STATE", "USED", NULL};
    const WlActivePeer *current = wl_active_routers_current(profile);
    g_autoptr(GPtrArray) routers = wl_active_routers_list(profile);
    g_autoptr(WlGrid) grid = wl_grid_new(titles, NULL);

    append_head(profile, routers, page, out);
    for (guint i = 0; i < routers->len; i++) {
        const WlActivePeer *router = routers->pdata[i];
        const char *state = wl_property_string(router->properties, "State");
        g_autofree char *label = wl_active_peer_label(router);
        char *cells[] = {g_strdup_printf("%u", i + 1), wl_display_cut(label, MAX_LABEL),
                         wl_display_quote(state, MAX_LABEL),
                         g_strdup(router == current ? "yes" : "-")};

        wl_grid_add(grid, cells, NULL);
        wl_grid_set_style(grid, 2, wl_style_of_state(state));
    }
    if (routers->len > 0)
        wl_grid_append(grid, page, out);
}

static void
print_lists(const WlActiveProfiles *profiles)
{
    g_autoptr(GString) out = g_string_new(NULL);
    WlPage page;

    wl_page_init(&page);
    for (guint i = 0; i < profiles->profiles->len; i++) {
        if (i > 0)
            g_string_append_c(out, '\n');
        append_list(profiles->profiles->pdata[i], &page, out);
    }
    fputs(out->str, stdout);
}

static void
print_json(const WlActiveProfiles *profiles)
{
    JsonObject *object = json_object_new();
    JsonArray *list = json_array_new();

    for (guint i = 0; i < profiles->profiles->len; i++) {
        const WlActiveProfile *profile = profiles->profiles->pdata[i];
        JsonObject *entry = json_object_new();

        json_object_set_string_member(entry, "id", wl_property_string(profile->link, "Id"));
        json_object_set_string_member(entry, "uuid", wl_property_string(profile->link, "Uuid"));
        wl_json_add_routers(entry, profile);
        json_array_add_object_element(list, entry);
    }
    json_object_set_array_member(object, "profiles", list);
    wl_json_add_problems(object, profiles);
    wl_print_json(object, TRUE);
}

/* ---- the choice ---------------------------------------------------------------------------- */

/* @router: a public key, or "" for the order of the profile. */
static WlExit
use(const WlRequest *request, const WlActiveProfile *profile, const char *router, const char *label)
{
    g_autoptr(GPtrArray) calls = g_ptr_array_new_with_free_func((GDestroyNotify) wl_call_free);
    g_autofree char *name = wl_active_profile_label(profile);
    g_autoptr(GError) failure = NULL;

    g_ptr_array_add(calls, wl_change_call_new(profile, "UseRouter", g_variant_new("(s)", router)));
    wl_call_all(request->bus, calls, NULL);
    failure = wl_change_call_get_error(profile, calls->pdata[0]);
    if (failure)
        return wl_exit_error(request->json, failure);
    if (request->json) {
        JsonObject *object = json_object_new();

        json_object_set_string_member(object, "profile", wl_property_string(profile->link, "Id"));
        json_object_set_string_member(object, "preferred", router);
        wl_print_json(object, TRUE);
    } else if (*router) {
        printf(
            "%s: %s is used as long as it answers; wirelinkctl router --automatic returns to the "
            "order of the profile\n",
            name, label);
    } else {
        printf("%s: the routers are used in the order of the profile\n", name);
    }
    return WL_EXIT_OK;
}

static WlExit
use_named(const WlRequest *request)
{
    const WlActiveProfile *profile = NULL;
    g_autoptr(GError) error = NULL;
    const WlActivePeer *router =
        wl_pick_peer(request->profiles, request->operands[0], WL_PICK_TO_CHANGE, &profile, &error);
    g_autofree char *label = router ? wl_active_peer_label(router) : NULL;

    return router
               ? use(request, profile, wl_property_string(router->properties, "PublicKey"), label)
               : wl_exit_error(request->json, error);
}

static WlExit
use_automatic(const WlRequest *request)
{
    g_autoptr(GError) error = NULL;
    const WlActiveProfile *profile = wl_active_profiles_get_only(request->profiles, &error);

    return profile ? use(request, profile, "", NULL) : wl_exit_error(request->json, error);
}

/* ---- the command --------------------------------------------------------------------------- */

static WlExit
check(const WlRequest *request)
{
    return automatic_option && request->operands[0]
               ? wl_exit_usage(
                     request->json, "router",
                     "--automatic returns to the order of the profile; it takes no ROUTER")
               : WL_EXIT_OK;
}

static WlExit
run(WlRequest *request)
{
    g_autoptr(GError) error = NULL;

    request->profiles = wl_active_profiles_load_settled(request->bus, profile_option, &error);
    if (!request->profiles)
        return wl_exit_error(request->json, error);
    if (request->operands[0])
        return use_named(request);
    if (automatic_option)
        return use_automatic(request);
    if (request->json)
        print_json(request->profiles);
    else
        print_lists(request->profiles);
    return wl_active_profiles_finish(request->profiles, request->json);
}

static const GOptionEntry options[] = {
    {"profile", 0, 0, G_OPTION_ARG_STRING, &profile_option, "look in this profile only", "PROFILE"},
    {"automatic", 0, 0, G_OPTION_ARG_NONE, &automatic_option,
     "use the routers in the order of the profile again", NULL},
    {NULL},
};

const WlCommand wl_command_router = {
    .name = "router",
    .operands = "[ROUTER]",
    .summary = "show which router carries the traffic and why, or use another one",
    .wants = WL_WANTS_BUS,
    .json = TRUE,
    .options = options,
    .check = check,
    .run = run,
};
