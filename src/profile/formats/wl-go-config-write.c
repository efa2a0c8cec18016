/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-go-config-write.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "wl-profile-keys.h"

static void
add_list(JsonBuilder *builder, const char *name, const GPtrArray *list)
{
    if (!list->len)
        return;
    json_builder_set_member_name(builder, name);
    json_builder_begin_array(builder);
    for (guint i = 0; i < list->len; i++)
        json_builder_add_string_value(builder, list->pdata[i]);
    json_builder_end_array(builder);
}

static void
add_string(JsonBuilder *builder, const char *name, const char *value)
{
    if (!value || !*value)
        return;
    json_builder_set_member_name(builder, name);
    json_builder_add_string_value(builder, value);
}

static void
add_true(JsonBuilder *builder, const char *name, gboolean value)
{
    if (!value)
        return;
    json_builder_set_member_name(builder, name);
    json_builder_add_boolean_value(builder, TRUE);
}

/* The note of the reader about @key, or NULL. */
static const char *
find_note(const WlProfile *profile, const char *key)
{
    g_autofree char *name = g_strconcat(WL_PROFILE_NOTE "Go-", key, NULL);

    for (guint i = 0; i < profile->extra->len; i++) {
        const WlProfileExtra *item = profile->extra->pdata[i];

        if (item->section == WL_PROFILE_SECTION_WIRELINK && g_str_equal(item->key, name))
            return item->value;
    }
    return NULL;
}

static void
add_noted_list(JsonBuilder *builder, const WlProfile *profile, const char *name)
{
    const char *value = find_note(profile, name);
    g_auto(GStrv) items = g_strsplit(value ? value : "", "\n", -1);

    if (!value)
        return;
    json_builder_set_member_name(builder, name);
    json_builder_begin_array(builder);
    for (guint i = 0; items[i]; i++)
        json_builder_add_string_value(builder, items[i]);
    json_builder_end_array(builder);
}

/* The entry of this member (docs/protocol.md 8.1). */
static void
add_own_entry(JsonBuilder *builder, const WlProfile *profile, const char *own_key)
{
    json_builder_begin_object(builder);
    add_string(builder, "PublicKey", own_key);
    add_string(builder, "Name", profile->name);
    add_string(builder, "Trust", find_note(profile, "Trust"));
    add_true(builder, "FactExchanger", find_note(profile, "FactExchanger") != NULL);
    add_noted_list(builder, profile, "Endpoints");
    add_noted_list(builder, profile, "AllowedIPs");
    add_true(builder, "Basic", find_note(profile, "Basic") != NULL);
    json_builder_end_object(builder);
}

static gboolean
has_own_entry(const WlProfile *profile)
{
    static const char *const notes[] = {"Trust", "FactExchanger", "Endpoints", "AllowedIPs",
                                        "Basic"};

    for (guint i = 0; i < G_N_ELEMENTS(notes); i++) {
        if (find_note(profile, notes[i]))
            return TRUE;
    }
    return profile->name != NULL;
}

static void
add_peer(JsonBuilder *builder, const WlProfilePeer *peer)
{
    json_builder_begin_object(builder);
    add_string(builder, "PublicKey", peer->public_key);
    add_string(builder, "Name", peer->name);
    add_string(builder, "Trust", wl_profile_trust_to_string(peer->trust));
    add_true(builder, "FactExchanger", peer->fact_exchanger);
    add_list(builder, "Endpoints", peer->endpoints);
    add_list(builder, "AllowedIPs", peer->allowed_ips);
    add_true(builder, "Basic", peer->basic);
    json_builder_end_object(builder);
}

static void
add_peers(JsonBuilder *builder, const WlProfile *profile, const char *own_key, WlLosses *losses)
{
    json_builder_set_member_name(builder, "peers");
    json_builder_begin_array(builder);
    if (has_own_entry(profile) && own_key)
        add_own_entry(builder, profile, own_key);
    else if (has_own_entry(profile))
        wl_losses_add(losses, "Name", NULL);
    for (guint i = 0; i < profile->peers->len; i++)
        add_peer(builder, profile->peers->pdata[i]);
    json_builder_end_array(builder);
}

char *
wl_go_config_format(const WlProfileFile *file, const char *own_key, WlLosses *losses)
{
    static const char *const notes[] = {"Debug", "Iface", "Config-Path", "Dump", "Version", "Help"};
    const WlProfile *profile = file->profile;
    g_autoptr(JsonBuilder) builder = json_builder_new_immutable();
    g_autoptr(JsonNode) root = NULL;
    g_autofree char *json = NULL;

    json_builder_begin_object(builder);
    /* Always written, as the default of the daemon differs. */
    json_builder_set_member_name(builder, "port");
    json_builder_add_int_value(builder, profile->fact_port);
    if (profile->role != WL_PROFILE_ROLE_AUTOMATIC) {
        json_builder_set_member_name(builder, "router");
        json_builder_add_boolean_value(builder, profile->role == WL_PROFILE_ROLE_ROUTER);
    }
    add_true(builder, "chatty", profile->chatty);
    for (guint i = 0; i < G_N_ELEMENTS(notes); i++) {
        g_autofree char *name = g_ascii_strdown(notes[i], -1);
        const char *value = find_note(profile, notes[i]);

        if (g_strcmp0(value, "true") == 0)
            add_true(builder, name, TRUE);
        else
            add_string(builder, name, value);
    }
    add_list(builder, "reportifaces", profile->announce_interfaces);
    add_list(builder, "hideifaces", profile->hide_interfaces);
    add_peers(builder, profile, own_key, losses);
    json_builder_end_object(builder);
    root = json_builder_get_root(builder);
    json = json_to_string(root, TRUE);
    return g_strconcat(json, "\n", NULL);
}
