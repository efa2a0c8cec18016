/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-mapping-text.h"

#include "wl-nat-pmp.h"

static const char *
describe_pcp_result(guint result)
{
    switch (result) {
    case WL_PCP_NOT_AUTHORIZED:
        return "its settings do not allow it to this machine";
    case WL_PCP_NETWORK_FAILURE:
    case WL_PCP_NO_EXTERNAL:
        return "it has no external address";
    case WL_PCP_NO_RESOURCES:
        return "it cannot open a port now";
    case WL_PCP_USER_QUOTA:
        return "this machine has too many ports already";
    case WL_PCP_ADDRESS_MISMATCH:
        return "there is another NAT between";
    default:
        return NULL;
    }
}

static const char *
describe_nat_pmp_result(guint result)
{
    switch (result) {
    case WL_NAT_PMP_NOT_AUTHORIZED:
        return "its settings do not allow it to this machine";
    case WL_NAT_PMP_NETWORK_FAILURE:
        return "it has no external address";
    case WL_NAT_PMP_NO_RESOURCES:
        return "it cannot open a port now";
    default:
        return NULL;
    }
}

static char *
describe_refusal(const WlMappingView *view, const char *gateway)
{
    gboolean pcp = view->protocol == WL_MAPPING_PCP;
    const char *why =
        pcp ? describe_pcp_result(view->result) : describe_nat_pmp_result(view->result);
    g_autofree char *number = g_strdup_printf("error %u", view->result);

    return g_strdup_printf("the gateway %s does not pass on UDP port %u: %s (%s)", gateway,
                           view->target.port, why ? why : number, pcp ? "PCP" : "NAT-PMP");
}

static char *
describe_silence(const WlMappingTarget *target, const char *gateway)
{
    g_autofree char *client = wl_ip_to_string(&target->client);

    if (target->gateway.family == WL_FAMILY_V6)
        return g_strdup_printf("the gateway %s does not answer PCP; if its firewall drops what "
                               "comes from outside, allow UDP to port %u of %s there",
                               gateway, target->port, client);
    return g_strdup_printf("the gateway %s answers neither PCP nor NAT-PMP; members behind "
                           "difficult NATs connect directly if it forwards UDP port %u to %s",
                           gateway, target->port, client);
}

static char *
describe_mapping(const WlMappingView *view, const char *gateway)
{
    g_autofree char *external = wl_endpoint_to_string(&view->external);
    const char *protocol = view->protocol == WL_MAPPING_PCP ? "PCP" : "NAT-PMP";

    if (view->nested)
        return g_strdup_printf("the gateway %s passes on what arrives at %s, but is behind another "
                               "NAT, so that members elsewhere cannot use it (%s)",
                               gateway, external, protocol);
    if (wl_ip_equal(&view->external.ip, &view->target.client))
        return g_strdup_printf("the gateway %s lets in what is sent to %s (%s)", gateway, external,
                               protocol);
    return g_strdup_printf("the gateway %s passes on what arrives at %s (%s)", gateway, external,
                           protocol);
}

char *
wl_mapping_describe(const WlMappingView *view)
{
    g_autofree char *gateway = wl_ip_to_string(&view->target.gateway);

    switch (view->state) {
    case WL_MAPPING_ASKING:
        return g_strdup_printf("the gateway %s is asked to pass on UDP port %u", gateway,
                               view->target.port);
    case WL_MAPPING_MAPPED:
        return describe_mapping(view, gateway);
    case WL_MAPPING_SILENT:
        return describe_silence(&view->target, gateway);
    case WL_MAPPING_REFUSED:
        return describe_refusal(view, gateway);
    case WL_MAPPING_OFF:
        break;
    }
    return NULL;
}
