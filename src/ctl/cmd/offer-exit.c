/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wirelinkctl offer-exit: lets members reach the internet through this machine, or no longer. */
#include <stdio.h>
#include <string.h>

#include "wl-command.h"
#include "wl-display.h"
#include "wl-gateway-effect.h"
#include "wl-profile-edit.h"

#define MAX_NAME 80 /* columns */

static struct {
    char *profile;
} options;

static const GOptionEntry entries[] = {
    {"profile", 0, 0, G_OPTION_ARG_STRING, &options.profile, "change this profile only", "PROFILE"},
    {NULL},
};

static gboolean
offers(const WlActiveProfile *active, gpointer user_data)
{
    return wl_property_boolean(active->link, "OffersExit");
}

static gboolean
offers_not(const WlActiveProfile *active, gpointer user_data)
{
    return !offers(active, user_data);
}

static void
print_offered(const WlProfileEdit *edit)
{
    g_autofree char *word =
        wl_display_shell_word(edit->profile->name ? edit->profile->name : edit->id);

    printf("Members reach the internet through this machine now, with its address, and none of the "
           "networks\naround it. On each member that should use it:\n  wirelinkctl exit %s\n",
           word);
}

static WlExit
run(WlRequest *request)
{
    gboolean yes = strcmp(request->operands[0], "yes") == 0;
    g_autoptr(GError) error = NULL;
    g_autoptr(WlProfileEdits) edits = wl_profile_edits_load(request->bus, options.profile, &error);
    WlProfileEdit *edit = edits ? wl_profile_edits_get_only(edits, &error) : NULL;
    WlExit status;

    if (!edit || !wl_profile_edit_set(edits, edit, NULL, "OfferExit", request->operands[0], &error))
        return wl_exit_error(FALSE, error);
    status = wl_gateway_effect_wait(edits, edit, yes ? offers : offers_not, NULL, &error);
    if (error)
        return wl_exit_error(FALSE, error);
    if (yes && status == WL_EXIT_OK)
        print_offered(edit);
    else if (status == WL_EXIT_OK)
        puts(
            "Members reach nothing beyond this machine any more, but for networks that it shares.");
    return status == WL_EXIT_NOTHING ? WL_EXIT_OK : status;
}

static WlExit
check(const WlRequest *request)
{
    const char *word = request->operands[0];

    if (strcmp(word, "yes") == 0 || strcmp(word, "no") == 0)
        return WL_EXIT_OK;
    return wl_exit_usage(FALSE, "offer-exit", "say yes or no");
}

const WlCommand wl_command_offer_exit = {
    .name = "offer-exit",
    .operands = "yes|no",
    .summary = "let members reach the internet through this machine, or no longer",
    .wants = WL_WANTS_BUS,
    .options = entries,
    .check = check,
    .run = run,
};
