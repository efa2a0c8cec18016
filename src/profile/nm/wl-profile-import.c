/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-profile-import.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "wl-file-io.h"
#include "wl-format.h"
#include "wl-profile-connection.h"
#include "wl-profile-error.h"
#include "wl-profile-file.h"
#include "wl-profile-item.h"
#include "wl-profile-keys.h"
#include "wl-profile-text.h"
#include "wl-wgquick-write.h"
#include "wl-wgquick.h"

#define FIRST_DYNAMIC_PORT 49152
#define LAST_DYNAMIC_PORT  65535

static char *
id_of_path(const char *path)
{
    g_autofree char *name = g_filename_display_basename(path);
    char *dot = strrchr(name, '.');

    if (dot && dot > name)
        *dot = '\0';
    return g_steal_pointer(&name);
}

static guint
choose_port(guint other_than)
{
    guint port;

    do
        port = (guint) g_random_int_range(FIRST_DYNAMIC_PORT, LAST_DYNAMIC_PORT + 1);
    while (port == other_than);
    return port;
}

static gboolean
has_family(const GPtrArray *list, int family)
{
    for (guint i = 0; i < list->len; i++) {
        g_autofree char *host = g_strndup(list->pdata[i], strcspn(list->pdata[i], "/"));

        if (nm_utils_ipaddr_valid(family, host))
            return TRUE;
    }
    return FALSE;
}

/* With a full tunnel all queries go to the DNS servers of the connection and none to those of the
 * uplink: NetworkManager does so for the domain "~" and a negative priority. */
#define EVERYTHING           "~"
#define FULL_TUNNEL_PRIORITY (-50)

static void
set_everything(NMSettingIPConfig *setting, gboolean everything)
{
    if (!setting)
        return;
    nm_setting_ip_config_remove_dns_search_by_value(setting, EVERYTHING);
    if (everything && nm_setting_ip_config_get_num_dns(setting) > 0) {
        nm_setting_ip_config_add_dns_search(setting, EVERYTHING);
        g_object_set(setting, NM_SETTING_IP_CONFIG_DNS_PRIORITY, FULL_TUNNEL_PRIORITY, NULL);
    } else if (nm_setting_ip_config_get_dns_priority(setting) == FULL_TUNNEL_PRIORITY) {
        g_object_set(setting, NM_SETTING_IP_CONFIG_DNS_PRIORITY, 0, NULL);
    }
}

void
wl_profile_ask_dns_everything(NMConnection *connection, gboolean everything)
{
    set_everything(nm_connection_get_setting_ip4_config(connection), everything);
    set_everything(nm_connection_get_setting_ip6_config(connection), everything);
}

/* Search domains go with the servers; without servers to IPv6, which is never disabled. */
static void
add_ip_setting(NMConnection *connection, const WlProfileFile *file, int family)
{
    gboolean v4 = family == AF_INET;
    NMSettingIPConfig *setting =
        NM_SETTING_IP_CONFIG(v4 ? nm_setting_ip4_config_new() : nm_setting_ip6_config_new());
    gboolean servers = has_family(file->dns, family);
    gboolean any_servers = servers || has_family(file->dns, v4 ? AF_INET6 : AF_INET);
    gboolean enabled = !v4 || servers || has_family(file->profile->addresses, AF_INET);

    nm_connection_add_setting(connection, NM_SETTING(setting));
    g_object_set(
        setting, NM_SETTING_IP_CONFIG_METHOD,
        enabled ? NM_SETTING_IP4_CONFIG_METHOD_AUTO : NM_SETTING_IP4_CONFIG_METHOD_DISABLED, NULL);
    if (!enabled)
        return;
    for (guint i = 0; i < file->dns->len; i++) {
        const char *item = file->dns->pdata[i];

        if (nm_utils_ipaddr_valid(family, item))
            nm_setting_ip_config_add_dns(setting, item);
        else if (!nm_utils_ipaddr_valid(AF_UNSPEC, item) && (servers || (!any_servers && !v4)))
            nm_setting_ip_config_add_dns_search(setting, item);
    }
    if (file->profile->full_tunnel)
        set_everything(setting, TRUE);
    if (file->table == WL_PROFILE_TABLE_OFF)
        g_object_set(setting, NM_SETTING_IP_CONFIG_IGNORE_AUTO_ROUTES, TRUE, NULL);
    else if (file->table != WL_PROFILE_TABLE_AUTO)
        g_object_set(setting, NM_SETTING_IP_CONFIG_ROUTE_TABLE, file->table, NULL);
}

/* The error for a file of another program names the remedy. */
static WlProfileFile *
read_file(const char *path, GError **error)
{
    g_autofree char *name = g_filename_display_basename(path);
    g_autoptr(WlProfileFile) file = NULL;
    gsize length;
    char *text = wl_file_load(path, &length, error);

    if (!text)
        return NULL;
    switch (wl_format_detect(text, length)) {
    case WL_FORMAT_GO:
        g_set_error(
            error, WL_PROFILE_ERROR, WL_PROFILE_ERROR_REFUSED,
            _("%s: this is the JSON file of the Go daemon, which contains no private key and no address; combine it with its wg-quick file using \"wirelinkctl convert\""),
            name);
        break;
    case WL_FORMAT_WIREHUB:
        g_set_error(
            error, WL_PROFILE_ERROR, WL_PROFILE_ERROR_REFUSED,
            _("%s: this is a WireHub network, which contains no private key; combine it with a key using \"wirelinkctl convert\", or drop it on the list of peers of a new connection"),
            name);
        break;
    case WL_FORMAT_UNKNOWN:
    case WL_FORMAT_WIRELINK:
    case WL_FORMAT_WGQUICK:
        file = wl_wgquick_parse(text, length, name, error);
        break;
    }
    wl_file_wipe(text, length);
    return g_steal_pointer(&file);
}

NMConnection *
wl_profile_import(const char *path, GError **error)
{
    g_autoptr(WlProfileFile) file = read_file(path, error);
    g_autoptr(NMConnection) connection = NULL;
    g_autofree char *id = NULL;
    g_autofree char *uuid = NULL;
    NMSetting *setting;

    if (!file)
        return NULL;
    if (!file->has_listen_port)
        file->profile->listen_port = choose_port(file->profile->fact_port);

    connection = nm_simple_connection_new();
    id = id_of_path(path);
    uuid = nm_utils_uuid_generate();
    setting = nm_setting_connection_new();
    g_object_set(setting, NM_SETTING_CONNECTION_ID, id, NM_SETTING_CONNECTION_UUID, uuid,
                 NM_SETTING_CONNECTION_TYPE, NM_SETTING_VPN_SETTING_NAME, NULL);
    nm_connection_add_setting(connection, setting);
    setting = nm_setting_vpn_new();
    g_object_set(setting, NM_SETTING_VPN_SERVICE_TYPE, WL_PROFILE_SERVICE_TYPE,
                 NM_SETTING_VPN_PERSISTENT, TRUE, NULL);
    nm_connection_add_setting(connection, setting);
    add_ip_setting(connection, file, AF_INET);
    add_ip_setting(connection, file, AF_INET6);
    if (!wl_profile_to_connection(file->profile, connection, error) ||
        !nm_connection_normalize(connection, NULL, NULL, error)) {
        g_autofree char *name = g_filename_display_basename(path);

        g_prefix_error(error, "%s: ", name);
        return NULL;
    }
    for (guint i = 0; i < file->profile->warnings->len; i++)
        g_message("%s", (const char *) file->profile->warnings->pdata[i]);
    return g_steal_pointer(&connection);
}

/* libnm does not check these two, and a line feed in one would begin a new line of the file. */
static void
take_dns(GPtrArray *list, const char *item)
{
    const WlProfileKey *key = wl_profile_keys_find_in_file(WL_PROFILE_SECTION_INTERFACE, "DNS");
    g_autoptr(GError) error = NULL;
    char *canonical = wl_profile_item_parse(key, item, &error);

    if (!canonical)
        g_message("DNS: %s; not written to the file", error->message);
    else if (g_ptr_array_find_with_equal_func(list, canonical, g_str_equal, NULL))
        g_free(canonical);
    else
        g_ptr_array_add(list, canonical);
}

static void
take_ip_setting(WlProfileFile *file, NMSettingIPConfig *setting, GPtrArray *domains)
{
    guint32 table;

    if (!setting)
        return;
    for (guint i = 0; i < nm_setting_ip_config_get_num_dns(setting); i++)
        take_dns(file->dns, nm_setting_ip_config_get_dns(setting, (int) i));
    for (guint i = 0; i < nm_setting_ip_config_get_num_dns_searches(setting); i++) {
        const char *domain = nm_setting_ip_config_get_dns_search(setting, (int) i);

        /* Importing a full tunnel adds it again. */
        if (!file->profile->full_tunnel || !g_str_equal(domain, EVERYTHING))
            take_dns(domains, domain);
    }
    table = nm_setting_ip_config_get_route_table(setting);
    if (nm_setting_ip_config_get_ignore_auto_routes(setting))
        file->table = WL_PROFILE_TABLE_OFF;
    else if (table && file->table == WL_PROFILE_TABLE_AUTO)
        file->table = table;
}

gboolean
wl_profile_export(const char *path, NMConnection *connection, GError **error)
{
    g_autoptr(WlProfileFile) file = wl_profile_file_new();
    g_autoptr(GPtrArray) domains = g_ptr_array_new_with_free_func(g_free);
    WlProfile *profile = wl_profile_from_connection(connection, WL_PROFILE_CHECK_DEFAULT, error);
    char *text;
    gboolean saved;

    if (!profile)
        return FALSE;
    wl_profile_free(file->profile);
    file->profile = profile;
    file->has_listen_port = TRUE;
    take_ip_setting(file, nm_connection_get_setting_ip4_config(connection), domains);
    take_ip_setting(file, nm_connection_get_setting_ip6_config(connection), domains);
    g_ptr_array_extend_and_steal(file->dns, g_steal_pointer(&domains));
    text = wl_wgquick_format(file);
    saved = wl_file_save(path, text, error);
    wl_profile_wipe_free(text);
    return saved;
}

char *
wl_profile_suggest_file_name(NMConnection *connection)
{
    const char *id = nm_connection_get_id(connection);
    g_autofree char *name = g_strdup(id && *id ? id : "wirelink");

    for (char *p = name; *p; p++) {
        if (*p == '/' || g_ascii_iscntrl(*p))
            *p = '_';
    }
    if (name[0] == '.')
        name[0] = '_';
    return g_strdup_printf("%s.wirelink", name);
}
