/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wirelinkctl rename: gives a peer, or this member, another name, also in an active profile. */
#include <stdio.h>
#include <string.h>

#include "wl-command.h"
#include "wl-display.h"
#include "wl-network.h"
#include "wl-profile-edit.h"

#define MAX_NAME 80 /* columns */

static struct {
    char *profile;
} options;

static const GOptionEntry entries[] = {
    {"profile", 0, 0, G_OPTION_ARG_STRING, &options.profile, "change this profile only", "PROFILE"},
    {NULL},
};

typedef struct {
    const char *key; /* of the peer; NULL: this member */
    const char *name;
} Wanted;

static gboolean
is_renamed(const WlActiveProfile *active, gpointer user_data)
{
    const Wanted *wanted = user_data;

    if (!wanted->key)
        return TRUE;
    for (guint i = 0; i < active->peers->len; i++) {
        const WlActivePeer *peer = active->peers->pdata[i];

        if (strcmp(wl_property_string(peer->properties, "PublicKey"), wanted->key) == 0)
            return strcmp(wl_property_string(peer->properties, "Name"), wanted->name) == 0;
    }
    return FALSE;
}

/* The profile in which this member has that name. */
static WlProfileEdit *
find_own(const WlProfileEdits *edits, const char *name)
{
    for (guint i = 0; i < edits->edits->len; i++) {
        WlProfileEdit *edit = edits->edits->pdata[i];

        if (g_strcmp0(edit->profile->name, name) == 0)
            return edit;
    }
    return NULL;
}

static gboolean
is_taken(const WlProfileEdit *edit, const char *name, const WlProfilePeer *peer)
{
    g_autofree char *wanted = g_utf8_casefold(name, -1);

    for (guint i = 0; i < edit->profile->peers->len; i++) {
        const WlProfilePeer *other = edit->profile->peers->pdata[i];
        g_autofree char *folded = other->name ? g_utf8_casefold(other->name, -1) : NULL;

        if (other != peer && g_strcmp0(folded, wanted) == 0)
            return TRUE;
    }
    return FALSE;
}

static WlExit
rename_it(const WlProfileEdits *edits, WlProfileEdit *edit, const WlProfilePeer *peer,
          const char *name)
{
    g_autofree char *key = peer ? g_strdup(peer->public_key) : NULL;
    g_autofree char *id = wl_display_quote(edit->id, MAX_NAME);
    Wanted wanted = {key, name};
    g_autoptr(GError) error = NULL;
    WlEditEffect effect;

    if (is_taken(edit, name, peer))
        g_set_error(&error, WL_CTL_ERROR, WL_EXIT_FAILURE,
                    "a peer of \"%s\" already has the name %s; choose another name", id, name);
    else
        wl_profile_edit_set(edits, edit, peer, "Name", name, &error);
    if (error)
        return wl_exit_error(FALSE, error);
    effect = wl_profile_edit_wait(edits, edit, is_renamed, &wanted);
    if (effect == WL_EDIT_PENDING)
        printf("Renamed to %s in \"%s\", but its service has not applied that: see wirelinkctl "
               "doctor.\n",
               name, id);
    else
        printf("Renamed to %s in \"%s\". Other members show the new name within 5 minutes, unless "
               "their own\nprofile names it.\n",
               name, id);
    return WL_EXIT_OK;
}

static WlExit
run(WlRequest *request)
{
    const char *old = request->operands[0];
    g_autoptr(GError) error = NULL;
    g_autoptr(WlProfileEdits) edits = wl_profile_edits_load(request->bus, options.profile, &error);
    WlProfileEdit *edit = edits ? find_own(edits, old) : NULL;
    const WlProfilePeer *peer = NULL;

    if (edits && !edit)
        peer = wl_profile_edits_find_peer(edits, old, &edit, &error);
    return edit ? rename_it(edits, edit, peer, request->operands[1]) : wl_exit_error(FALSE, error);
}

static WlExit
check(const WlRequest *request)
{
    g_autoptr(GError) error = NULL;

    if (!wl_network_check_name(request->operands[1], &error))
        return wl_exit_usage(FALSE, "rename", "NAME: %s", error->message);
    /* They have a meaning in files. */
    if (strpbrk(request->operands[1], "#\"\\"))
        return wl_exit_usage(FALSE, "rename", "NAME: a name has no #, \" or backslash");
    return WL_EXIT_OK;
}

const WlCommand wl_command_rename = {
    .name = "rename",
    .operands = "PEER NAME",
    .summary = "rename a peer, or this member, also while its profile is active",
    .wants = WL_WANTS_BUS,
    .options = entries,
    .check = check,
    .run = run,
};
