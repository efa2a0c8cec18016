/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wirelinkctl share-lan: lets members reach a network behind this machine, or no longer. */
#include <stdio.h>
#include <string.h>

#include "wl-command.h"
#include "wl-display.h"
#include "wl-gateway-effect.h"
#include "wl-lan.h"

static struct {
    char *profile;
    gboolean remove;
} options;

static const GOptionEntry entries[] = {
    {"remove", 0, 0, G_OPTION_ARG_NONE, &options.remove, "share the network no longer", NULL},
    {"profile", 0, 0, G_OPTION_ARG_STRING, &options.profile, "change this profile only", "PROFILE"},
    {NULL},
};

/* @user_data: the prefix. */
static gboolean
is_done(const WlActiveProfile *active, gpointer user_data)
{
    g_autoptr(GVariant) list = wl_property_value(active->link, "SharedNetworks", "as");
    g_autofree const char **shared = list ? g_variant_get_strv(list, NULL) : NULL;

    return (shared && g_strv_contains(shared, user_data)) == !options.remove;
}

static void
print_shared(const WlProfileEdit *edit, const char *prefix)
{
    const char *name = edit->profile->name ? edit->profile->name : "NAME";
    g_autofree char *word = wl_display_shell_word(name);

    printf("Members may reach %s through this machine now, with its address.\nOn the hub, and on "
           "each member that should reach it:\n  wirelinkctl add-lan %s %s\n",
           prefix, word, prefix);
}

static WlExit
change(const WlProfileEdits *edits, WlProfileEdit *edit, char *prefix, GError **error)
{
    const GPtrArray *list = edit->profile->shared_networks;
    g_autofree char *value =
        options.remove ? wl_lan_without(list, prefix) : wl_lan_with(list, prefix);
    WlExit status;

    if (options.remove && !wl_lan_is_in(list, prefix)) {
        g_set_error(error, WL_CTL_ERROR, WL_EXIT_NOTHING, "%s is not shared", prefix);
        return WL_EXIT_NOTHING;
    }
    if ((!options.remove && !wl_lan_check(edit->profile, prefix, error)) ||
        !wl_profile_edit_set(edits, edit, NULL, "SharedNetworks", value, error))
        return WL_EXIT_FAILURE;
    status = wl_gateway_effect_wait(edits, edit, is_done, prefix, error);
    if (status == WL_EXIT_OK && options.remove)
        printf("Members do not reach %s through this machine any more.\n", prefix);
    else if (status == WL_EXIT_OK)
        print_shared(edit, prefix);
    return status == WL_EXIT_NOTHING ? WL_EXIT_OK : status;
}

static WlExit
run(WlRequest *request)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *prefix = wl_lan_parse(request->operands[0], NULL);
    g_autoptr(WlProfileEdits) edits = wl_profile_edits_load(request->bus, options.profile, &error);
    WlProfileEdit *edit = edits ? wl_profile_edits_get_only(edits, &error) : NULL;
    WlExit status = edit ? change(edits, edit, prefix, &error) : WL_EXIT_FAILURE;

    return error ? wl_exit_error(FALSE, error) : status;
}

static WlExit
check(const WlRequest *request)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *prefix = wl_lan_parse(request->operands[0], &error);

    return prefix ? WL_EXIT_OK : wl_exit_usage(FALSE, "share-lan", "%s", error->message);
}

const WlCommand wl_command_share_lan = {
    .name = "share-lan",
    .operands = "PREFIX",
    .summary = "let members reach a network behind this machine, or no longer",
    .wants = WL_WANTS_BUS,
    .options = entries,
    .check = check,
    .run = run,
};
