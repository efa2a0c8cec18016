/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wirelinkctl trust: sets what a peer may advertise, also in an active profile. */
#include <stdio.h>
#include <string.h>

#include "wl-command.h"
#include "wl-display.h"
#include "wl-profile-check.h"
#include "wl-profile-edit.h"
#include "wl-profile-keys.h"

#define MAX_NAME 80 /* columns */

static struct {
    char *profile;
} options;

static const GOptionEntry entries[] = {
    {"profile", 0, 0, G_OPTION_ARG_STRING, &options.profile, "change this profile only", "PROFILE"},
    {NULL},
};

typedef struct {
    const char *key; /* of the peer */
    const char *level;
} Wanted;

/* The level as profiles have it; NULL for another word. */
static const char *
find_level(const char *word)
{
    for (int i = WL_PROFILE_TRUST_UNTRUSTED; i <= WL_PROFILE_TRUST_DELEGATE_TRUST; i++) {
        const char *level = wl_profile_trust_to_string((WlProfileTrust) i);

        if (!g_ascii_strcasecmp(level, word))
            return level;
    }
    return NULL;
}

static gboolean
is_set(const WlActiveProfile *active, gpointer user_data)
{
    const Wanted *wanted = user_data;

    for (guint i = 0; i < active->peers->len; i++) {
        GVariant *properties = ((WlActivePeer *) active->peers->pdata[i])->properties;

        if (strcmp(wl_property_string(properties, "PublicKey"), wanted->key) == 0)
            return strcmp(wl_property_string(properties, "Trust"), wanted->level) == 0;
    }
    return FALSE;
}

static gboolean
is_automatic(const WlProfile *profile)
{
    for (guint i = 0; i < profile->peers->len; i++) {
        if (((WlProfilePeer *) profile->peers->pdata[i])->trust != WL_PROFILE_TRUST_UNSET)
            return FALSE;
    }
    return TRUE;
}

static gboolean
is_router(const WlProfile *profile, const WlProfilePeer *peer)
{
    for (guint i = 0; i < peer->allowed_ips->len; i++) {
        if (wl_profile_may_share_allowed_ip(profile, peer->allowed_ips->pdata[i]))
            return TRUE;
    }
    return FALSE;
}

/* One level turns the automatic levels off. The routers get theirs in the same change, so that
 * nothing else changes: without a level, a peer may advertise endpoints in both cases. */
static GArray *
list_settings(const WlProfile *profile, const WlProfilePeer *peer, const char *level)
{
    GArray *settings = g_array_new(FALSE, FALSE, sizeof(WlProfileSetting));
    WlProfileSetting setting = {peer, "Trust", (char *) level};

    g_array_append_val(settings, setting);
    for (guint i = 0; i < profile->peers->len && is_automatic(profile); i++) {
        setting.peer = profile->peers->pdata[i];
        setting.value = (char *) wl_profile_trust_to_string(WL_PROFILE_TRUST_MEMBERSHIP);
        if (setting.peer != peer && is_router(profile, setting.peer))
            g_array_append_val(settings, setting);
    }
    return settings;
}

static void
print_routers(const GArray *settings)
{
    for (guint i = 1; i < settings->len; i++) {
        const WlProfilePeer *router = g_array_index(settings, WlProfileSetting, i).peer;
        g_autofree char *name =
            wl_display_quote(router->name ? router->name : router->public_key, MAX_NAME);

        printf("%s keeps Membership, which it had as a router.\n", name);
    }
}

static WlExit
set_level(const WlProfileEdits *edits, WlProfileEdit *edit, const WlProfilePeer *peer,
          const char *name, const char *level)
{
    g_autofree char *key = g_strdup(peer->public_key);
    g_autofree char *id = wl_display_quote(edit->id, MAX_NAME);
    g_autofree char *shown = wl_display_quote(name, MAX_NAME);
    g_autoptr(GArray) settings = list_settings(edit->profile, peer, level);
    Wanted wanted = {key, level};
    g_autoptr(GError) error = NULL;

    if (!wl_profile_edit_set_all(edits, edit, (const WlProfileSetting *) (void *) settings->data,
                                 settings->len, &error))
        return wl_exit_error(FALSE, error);
    if (wl_profile_edit_wait(edits, edit, is_set, &wanted) == WL_EDIT_PENDING)
        printf("%s has trust %s in \"%s\", but its service has not applied that: see wirelinkctl "
               "doctor.\n",
               shown, level, id);
    else
        printf("%s has trust %s in \"%s\".\n", shown, level, id);
    print_routers(settings);
    return WL_EXIT_OK;
}

static WlExit
run(WlRequest *request)
{
    const char *name = request->operands[0];
    g_autoptr(GError) error = NULL;
    g_autoptr(WlProfileEdits) edits = wl_profile_edits_load(request->bus, options.profile, &error);
    WlProfileEdit *edit = NULL;
    const WlProfilePeer *peer =
        edits ? wl_profile_edits_find_peer(edits, name, &edit, &error) : NULL;

    return peer ? set_level(edits, edit, peer, name, find_level(request->operands[1]))
                : wl_exit_error(FALSE, error);
}

static WlExit
check(const WlRequest *request)
{
    if (find_level(request->operands[1]))
        return WL_EXIT_OK;
    return wl_exit_usage(FALSE, "trust",
                         "LEVEL: use Untrusted, Endpoint, AllowedIPs, Membership or DelegateTrust");
}

const WlCommand wl_command_trust = {
    .name = "trust",
    .operands = "PEER LEVEL",
    .summary = "set what a peer may advertise, also while its profile is active",
    .wants = WL_WANTS_BUS,
    .options = entries,
    .check = check,
    .run = run,
};
