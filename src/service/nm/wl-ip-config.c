/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Builds the IP configuration that NetworkManager receives from a VPN plugin. */

#include "wl-ip-config.h"

/* NetworkManager requires a gateway and adds a host route to it through the uplink, which cannot
 * work for many changing endpoints. It adds none for fe80::1. */
static const guint8 no_gateway[16] = {0xfe, 0x80, [15] = 1};

static GVariant *
bytes_variant(const guint8 *bytes, gsize length)
{
    return g_variant_new_fixed_array(G_VARIANT_TYPE_BYTE, bytes, length, 1);
}

/* IPv4: "u" in network byte order. */
static GVariant *
ip_variant(const WlIp *ip)
{
    guint32 word;

    if (ip->family == WL_FAMILY_V6)
        return bytes_variant(ip->bytes, 16);
    memcpy(&word, ip->bytes, sizeof(word));
    return g_variant_new_uint32(word);
}

GVariant *
wl_ip_config_new(const char *interface, guint32 mtu, gboolean has_ip4, gboolean has_ip6)
{
    GVariantDict dict;

    g_variant_dict_init(&dict, NULL);
    g_variant_dict_insert(&dict, NM_VPN_PLUGIN_CONFIG_TUNDEV, "s", interface);
    g_variant_dict_insert_value(&dict, NM_VPN_PLUGIN_CONFIG_EXT_GATEWAY,
                                bytes_variant(no_gateway, sizeof(no_gateway)));
    if (mtu)
        g_variant_dict_insert(&dict, NM_VPN_PLUGIN_CONFIG_MTU, "u", mtu);
    g_variant_dict_insert(&dict, NM_VPN_PLUGIN_CONFIG_HAS_IP4, "b", has_ip4);
    g_variant_dict_insert(&dict, NM_VPN_PLUGIN_CONFIG_HAS_IP6, "b", has_ip6);
    g_variant_dict_insert(&dict, NM_VPN_PLUGIN_CAN_PERSIST, "b", TRUE);
    return g_variant_dict_end(&dict);
}

/* A route: destination, prefix length, next hop (none: on-link), metric (0: that of the profile).
 */
static GVariant *
route_variant(const WlPrefix *route)
{
    WlIp none = {.family = route->ip.family};

    if (route->ip.family == WL_FAMILY_V6) {
        GVariant *parts[] = {ip_variant(&route->ip), g_variant_new_uint32(route->length),
                             ip_variant(&none), g_variant_new_uint32(0)};

        return g_variant_new_tuple(parts, G_N_ELEMENTS(parts));
    }
    GVariant *parts[] = {ip_variant(&route->ip), g_variant_new_uint32(route->length),
                         ip_variant(&none), g_variant_new_uint32(0)};

    return g_variant_new_array(G_VARIANT_TYPE_UINT32, parts, G_N_ELEMENTS(parts));
}

GVariant *
wl_ip_config_new_family(const WlPrefix *address, const GArray *routes)
{
    gboolean v6 = address->ip.family == WL_FAMILY_V6;
    GVariantDict dict;
    GVariantBuilder list;

    g_variant_dict_init(&dict, NULL);
    g_variant_dict_insert_value(
        &dict, v6 ? NM_VPN_PLUGIN_IP6_CONFIG_ADDRESS : NM_VPN_PLUGIN_IP4_CONFIG_ADDRESS,
        ip_variant(&address->ip));
    g_variant_dict_insert(&dict,
                          v6 ? NM_VPN_PLUGIN_IP6_CONFIG_PREFIX : NM_VPN_PLUGIN_IP4_CONFIG_PREFIX,
                          "u", (guint32) address->length);
    /* With a default route NetworkManager would bind the VPN to its base device, which changes when
     * the machine roams. */
    g_variant_dict_insert(
        &dict, v6 ? NM_VPN_PLUGIN_IP6_CONFIG_NEVER_DEFAULT : NM_VPN_PLUGIN_IP4_CONFIG_NEVER_DEFAULT,
        "b", TRUE);

    g_variant_builder_init(&list, G_VARIANT_TYPE(v6 ? "a(ayuayu)" : "aau"));
    for (guint i = 0; i < routes->len; i++) {
        const WlPrefix *route = &g_array_index(routes, WlPrefix, i);

        if (route->ip.family == address->ip.family)
            g_variant_builder_add_value(&list, route_variant(route));
    }
    g_variant_dict_insert_value(
        &dict, v6 ? NM_VPN_PLUGIN_IP6_CONFIG_ROUTES : NM_VPN_PLUGIN_IP4_CONFIG_ROUTES,
        g_variant_builder_end(&list));
    return g_variant_dict_end(&dict);
}
