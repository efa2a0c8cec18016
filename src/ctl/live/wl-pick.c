/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Finds the peer that the user names, by its name or by the start of its public key. The peer
 * belongs to its profile; errors are of WL_CTL_ERROR.
 */
#include "wl-pick.h"

#include <string.h>

#include "wl-display.h"

#define MAX_LISTED 5  /* peers named in a message */
#define MAX_QUOTED 63 /* columns of the given name */

typedef struct {
    const WlActiveProfile *profile;
    const WlActivePeer *peer;
} Match;

typedef gboolean (*Matcher)(const WlActivePeer *peer, const char *name);

static gboolean
has_name(const WlActivePeer *peer, const char *name)
{
    return strcmp(wl_property_string(peer->properties, "Name"), name) == 0;
}

static gboolean
has_configured_name(const WlActivePeer *peer, const char *name)
{
    return wl_property_boolean(peer->properties, "Configured") && has_name(peer, name);
}

static gboolean
has_key_start(const WlActivePeer *peer, const char *start)
{
    return g_str_has_prefix(wl_property_string(peer->properties, "PublicKey"), start);
}

static GArray *
find(const WlActiveProfiles *profiles, Matcher matcher, const char *name)
{
    GArray *matches = g_array_new(FALSE, FALSE, sizeof(Match));

    for (guint i = 0; i < profiles->profiles->len; i++) {
        const WlActiveProfile *profile = g_ptr_array_index(profiles->profiles, i);

        for (guint j = 0; j < profile->peers->len; j++) {
            Match match = {profile, g_ptr_array_index(profile->peers, j)};

            if (matcher(match.peer, name))
                g_array_append_val(matches, match);
        }
    }
    return matches;
}

/* "hub (j0DFrbaP…), hub (KEY1KEYK… of work)": with the profile if there are several. */
static char *
list_matches(const GArray *matches, gboolean several_profiles)
{
    GString *list = g_string_new(NULL);

    for (guint i = 0; i < matches->len && i < MAX_LISTED; i++) {
        const Match *match = &g_array_index(matches, Match, i);
        g_autofree char *label = wl_active_peer_label(match->peer);
        g_autofree char *key =
            wl_display_short_key(wl_property_string(match->peer->properties, "PublicKey"));
        g_autofree char *profile = wl_active_profile_label(match->profile);

        g_string_append_printf(list, "%s%s (%s%s%s)", i > 0 ? ", " : "", label, key,
                               several_profiles ? " of " : "", several_profiles ? profile : "");
    }
    if (matches->len > MAX_LISTED)
        g_string_append_printf(list, " and %u more", matches->len - MAX_LISTED);
    return g_string_free(list, FALSE);
}

static void
set_ambiguous(const WlActiveProfiles *profiles, const GArray *matches, const char *name,
              GError **error)
{
    gboolean several = profiles->profiles->len > 1;
    g_autofree char *shown = wl_display_quote(name, MAX_QUOTED);
    g_autofree char *list = list_matches(matches, several);

    g_set_error(error, WL_CTL_ERROR, WL_EXIT_NOTHING, "\"%s\" matches %s: write more of the key%s",
                shown, list, several ? ", or name the profile with --profile" : "");
}

static void
set_unknown(const WlActiveProfiles *profiles, const char *name, WlPick manner, GError **error)
{
    g_autoptr(GArray) learned = find(profiles, has_name, name);
    g_autofree char *shown = wl_display_quote(name, MAX_QUOTED);

    if (manner == WL_PICK_TO_CHANGE && *name && learned->len > 0) {
        g_autofree char *list = list_matches(learned, profiles->profiles->len > 1);

        g_set_error(error, WL_CTL_ERROR, WL_EXIT_NOTHING,
                    "the name \"%s\" of %s was given by other members; changes need "
                    "a name from the profile or the start of the key",
                    shown, list);
        return;
    }
    g_set_error(error, WL_CTL_ERROR, WL_EXIT_NOTHING,
                "no peer has the name \"%s\" or a key that starts with it: "
                "wirelinkctl status shows all peers",
                shown);
}

const WlActivePeer *
wl_pick_peer(const WlActiveProfiles *profiles, const char *name, WlPick manner,
             const WlActiveProfile **owner, GError **error)
{
    const Matcher matchers[] = {
        manner == WL_PICK_TO_CHANGE ? has_configured_name : has_name,
        has_key_start,
    };
    /* The short form of a key, as tables show it. */
    g_autofree char *typed =
        g_strndup(name, strlen(name) - (g_str_has_suffix(name, "…") ? strlen("…") : 0));

    for (guint i = 0; *typed && i < G_N_ELEMENTS(matchers); i++) {
        g_autoptr(GArray) matches = find(profiles, matchers[i], i == 0 ? name : typed);

        if (matches->len > 1) {
            set_ambiguous(profiles, matches, name, error);
            return NULL;
        }
        if (matches->len == 1) {
            *owner = g_array_index(matches, Match, 0).profile;
            return g_array_index(matches, Match, 0).peer;
        }
    }
    set_unknown(profiles, name, manner, error);
    return NULL;
}
