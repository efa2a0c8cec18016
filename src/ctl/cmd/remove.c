/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wirelinkctl remove: removes a peer from a profile, also while the profile is active. */
#include <stdio.h>
#include <string.h>

#include "wl-command.h"
#include "wl-display.h"
#include "wl-profile-edit.h"

#define MAX_NAME 80 /* columns */

static struct {
    char *profile;
} options;

static const GOptionEntry entries[] = {
    {"profile", 0, 0, G_OPTION_ARG_STRING, &options.profile, "change this profile only", "PROFILE"},
    {NULL},
};

/* The peer is gone, or left as one that another member names. */
static gboolean
is_removed(const WlActiveProfile *active, gpointer user_data)
{
    const char *key = user_data;

    for (guint i = 0; i < active->peers->len; i++) {
        const WlActivePeer *peer = active->peers->pdata[i];

        if (strcmp(wl_property_string(peer->properties, "PublicKey"), key) == 0)
            return !wl_property_boolean(peer->properties, "Configured");
    }
    return TRUE;
}

static void
print_removed(const WlProfileEdit *edit, const char *label, const char *key, WlEditEffect effect)
{
    g_autofree char *id = wl_display_quote(edit->id, MAX_NAME);
    g_autofree char *word = wl_display_shell_word(key);

    switch (effect) {
    case WL_EDIT_APPLIED:
        printf("Removed %s from \"%s\", which is active: it is disconnected from this machine.\n",
               label, id);
        break;
    case WL_EDIT_PENDING:
        printf("Removed %s from \"%s\", but its service has not applied that: see wirelinkctl "
               "doctor.\n",
               label, id);
        break;
    case WL_EDIT_STORED:
        printf("Removed %s from \"%s\", which is not active.\n", label, id);
        break;
    }
    printf(
        "\nMembers that know it from this machine alone drop it within 5 minutes of contact with "
        "this\nmachine. Where it is in the profile of a member, remove it there as well:\n"
        "  wirelinkctl remove %s\n",
        word);
}

static WlExit
run(WlRequest *request)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(WlProfileEdits) edits = wl_profile_edits_load(request->bus, options.profile, &error);
    WlProfileEdit *edit = NULL;
    const WlProfilePeer *peer =
        edits ? wl_profile_edits_find_peer(edits, request->operands[0], &edit, &error) : NULL;
    g_autofree char *key = peer ? g_strdup(peer->public_key) : NULL;
    g_autofree char *label = peer && peer->name ? wl_display_quote(peer->name, MAX_NAME)
                             : peer             ? wl_display_short_key(key)
                                                : NULL;

    if (!peer || !wl_profile_edit_remove_peer(edits, edit, peer, &error))
        return wl_exit_error(FALSE, error);
    print_removed(edit, label, key, wl_profile_edit_wait(edits, edit, is_removed, key));
    return WL_EXIT_OK;
}

const WlCommand wl_command_remove = {
    .name = "remove",
    .operands = "PEER",
    .summary = "remove a peer from a profile, also while it is active",
    .wants = WL_WANTS_BUS,
    .options = entries,
    .run = run,
};
