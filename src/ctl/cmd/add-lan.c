/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wirelinkctl add-lan: reaches a network behind a member, or no longer. */
#include <stdio.h>
#include <string.h>

#include "wl-command.h"
#include "wl-display.h"
#include "wl-lan.h"
#include "wl-pick.h"

#define MAX_NAME 80 /* columns */

static struct {
    char *profile;
    gboolean remove;
} options;

static const GOptionEntry entries[] = {
    {"remove", 0, 0, G_OPTION_ARG_NONE, &options.remove, "reach the network no longer", NULL},
    {"profile", 0, 0, G_OPTION_ARG_STRING, &options.profile, "change this profile only", "PROFILE"},
    {NULL},
};

typedef struct {
    WlProfileEdits *edits;
    WlProfileEdit *edit;
    const WlProfilePeer *peer; /* NULL: other members introduced it */
    char *label;
    char *prefix;
} Change;

static gboolean
has_prefix(GVariant *properties, const char *name, const char *prefix)
{
    g_autoptr(GVariant) list = wl_property_value(properties, name, "as");
    g_autofree const char **prefixes = list ? g_variant_get_strv(list, NULL) : NULL;

    return prefixes && g_strv_contains(prefixes, prefix);
}

static gboolean
is_done(const WlActiveProfile *active, gpointer user_data)
{
    const Change *self = user_data;

    if (!self->peer)
        return has_prefix(active->link, "Networks", self->prefix) == !options.remove;
    for (guint i = 0; i < active->peers->len; i++) {
        const WlActivePeer *peer = active->peers->pdata[i];

        if (strcmp(wl_property_string(peer->properties, "PublicKey"), self->peer->public_key) == 0)
            return has_prefix(peer->properties, "AllowedIPs", self->prefix) == !options.remove;
    }
    return FALSE;
}

/* ---- finding the member ---------------------------------------------------------------------- */

/* A member that others introduced: the profile has to accept that its network is advertised. */
static gboolean
find_learned(const WlRequest *request, Change *self, const char *name, GError **error)
{
    g_autoptr(WlActiveProfiles) profiles =
        wl_active_profiles_load_settled(request->bus, options.profile, error);
    const WlActiveProfile *active = NULL;
    const WlActivePeer *peer =
        profiles ? wl_pick_peer(profiles, name, WL_PICK_TO_READ, &active, error) : NULL;

    if (!peer)
        return FALSE;
    self->edit = wl_profile_edits_find(self->edits, wl_property_string(active->link, "Uuid"),
                                       wl_property_string(active->link, "Id"));
    self->label = wl_active_peer_label(peer);
    if (!self->edit)
        g_set_error_literal(error, WL_CTL_ERROR, WL_EXIT_NOT_PERMITTED,
                            "this user may not change the profile: run the command with sudo");
    return self->edit != NULL;
}

static gboolean
find(const WlRequest *request, Change *self, GError **error)
{
    const char *name = request->operands[0];

    self->edits = wl_profile_edits_load(request->bus, options.profile, error);
    if (!self->edits)
        return FALSE;
    self->peer = wl_profile_edits_find_peer(self->edits, name, &self->edit, NULL);
    if (!self->peer)
        return find_learned(request, self, name, error);
    self->label = self->peer->name ? wl_display_quote(self->peer->name, MAX_NAME)
                                   : wl_display_short_key(self->peer->public_key);
    return TRUE;
}

/* ---- changing -------------------------------------------------------------------------------- */

static void
add_setting(GArray *settings, const WlProfilePeer *peer, const char *key, char *value)
{
    WlProfileSetting setting = {peer, key, value};

    g_array_append_val(settings, setting);
}

static void
clear_setting(gpointer data)
{
    g_free(((WlProfileSetting *) data)->value);
}

static GArray *
make_settings(const Change *self)
{
    const WlProfile *profile = self->edit->profile;
    GArray *settings = g_array_new(FALSE, FALSE, sizeof(WlProfileSetting));

    g_array_set_clear_func(settings, clear_setting);
    if (self->peer)
        add_setting(settings, self->peer, "AllowedIPs",
                    options.remove ? wl_lan_without(self->peer->allowed_ips, self->prefix)
                                   : wl_lan_with(self->peer->allowed_ips, self->prefix));
    if (options.remove)
        add_setting(settings, NULL, "Networks", wl_lan_without(profile->networks, self->prefix));
    else if (!self->peer || profile->networks->len > 0)
        add_setting(settings, NULL, "Networks", wl_lan_networks_with(profile, self->prefix));
    return settings;
}

static gboolean
check_present(const Change *self, GError **error)
{
    const GPtrArray *list = self->peer ? self->peer->allowed_ips : self->edit->profile->networks;

    if (!options.remove)
        return wl_lan_check(self->edit->profile, self->prefix, error);
    if (wl_lan_is_in(list, self->prefix))
        return TRUE;
    g_set_error(error, WL_CTL_ERROR, WL_EXIT_NOTHING, "%s is not a network behind %s here",
                self->prefix, self->label);
    return FALSE;
}

static void
print_result(const Change *self, WlEditEffect effect)
{
    g_autofree char *id = wl_display_quote(self->edit->id, MAX_NAME);
    g_autofree char *word = wl_display_shell_word(self->label);

    if (effect == WL_EDIT_STORED)
        printf("This is stored in \"%s\", which is not active.\n", id);
    else if (effect == WL_EDIT_PENDING)
        printf("This is stored in \"%s\", but its service has not applied it: see wirelinkctl "
               "doctor.\n",
               id);
    else if (options.remove)
        printf("%s is not reached through %s any more.\n", self->prefix, self->label);
    else if (self->peer)
        printf("%s is reached through %s now, which must share it:\n  wirelinkctl share-lan %s\n"
               "and on each other member that should reach it:\n  wirelinkctl add-lan %s %s\n",
               self->prefix, self->label, self->prefix, word, self->prefix);
    else
        printf("%s is reached through %s once the hub says so, on which you type the same:\n"
               "  wirelinkctl add-lan %s %s\n",
               self->prefix, self->label, word, self->prefix);
}

static WlExit
change(Change *self, GError **error)
{
    g_autoptr(GArray) settings = NULL;
    WlEditEffect effect;

    if (!check_present(self, error))
        return WL_EXIT_FAILURE;
    settings = make_settings(self);
    if (!wl_profile_edit_set_all(self->edits, self->edit,
                                 (const WlProfileSetting *) (gpointer) settings->data,
                                 settings->len, error))
        return WL_EXIT_FAILURE;
    effect = wl_profile_edit_wait(self->edits, self->edit, is_done, self);
    print_result(self, effect);
    return effect == WL_EDIT_PENDING ? WL_EXIT_FAILURE : WL_EXIT_OK;
}

static WlExit
run(WlRequest *request)
{
    g_autoptr(GError) error = NULL;
    Change self = {.prefix = wl_lan_parse(request->operands[1], NULL)};
    WlExit status = find(request, &self, &error) ? change(&self, &error) : WL_EXIT_FAILURE;

    wl_profile_edits_free(self.edits);
    g_free(self.label);
    g_free(self.prefix);
    return error ? wl_exit_error(FALSE, error) : status;
}

static WlExit
check(const WlRequest *request)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *prefix = wl_lan_parse(request->operands[1], &error);

    return prefix ? WL_EXIT_OK : wl_exit_usage(FALSE, "add-lan", "%s", error->message);
}

const WlCommand wl_command_add_lan = {
    .name = "add-lan",
    .operands = "PEER PREFIX",
    .summary = "reach a network behind a member, or no longer",
    .wants = WL_WANTS_BUS,
    .options = entries,
    .check = check,
    .run = run,
};
