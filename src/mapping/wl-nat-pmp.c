/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Requests and responses of NAT-PMP (RFC 6886, sections 3.2 and 3.3), big-endian:
 *
 *   offset size  request          response
 *   0      1     version: 0       version: 0
 *   1      1     opcode           opcode, with the high bit set
 *   2      2     MAP: reserved    result code
 *   4      2     internal port    4: epoch, 4 bytes
 *   6      2     suggested port
 *   8      4     lifetime         ADDRESS: external address
 *                                 MAP: internal port, external port; 12: lifetime, 4 bytes
 */
#include "wl-nat-pmp.h"

#include "wl-big-endian.h"

#define VERSION               0
#define RESPONSE              0x80
#define HEADER_SIZE           8
#define ADDRESS_RESPONSE_SIZE 12
#define MAP_RESPONSE_SIZE     16

void
wl_nat_pmp_encode_address(guint8 bytes[WL_NAT_PMP_ADDRESS_SIZE])
{
    bytes[0] = VERSION;
    bytes[1] = WL_NAT_PMP_ADDRESS;
}

void
wl_nat_pmp_encode_map(guint16 internal_port, guint16 suggested, guint32 lifetime,
                      guint8 bytes[WL_NAT_PMP_MAP_SIZE])
{
    memset(bytes, 0, WL_NAT_PMP_MAP_SIZE);
    bytes[1] = WL_NAT_PMP_MAP_UDP;
    wl_put_be16(bytes + 4, internal_port);
    wl_put_be16(bytes + 6, suggested);
    wl_put_be32(bytes + 8, lifetime);
}

gboolean
wl_nat_pmp_decode(const guint8 *data, gsize length, WlNatPmpResponse *response)
{
    if (length < HEADER_SIZE || data[0] != VERSION || !(data[1] & RESPONSE))
        return FALSE;
    memset(response, 0, sizeof *response);
    response->opcode = data[1] & ~RESPONSE;
    response->result = wl_get_be16(data + 2);
    response->epoch = wl_get_be32(data + 4);
    /* The rest of an error is undefined, and may be missing. */
    if (response->result != WL_NAT_PMP_SUCCESS)
        return TRUE;
    switch (response->opcode) {
    case WL_NAT_PMP_ADDRESS:
        if (length < ADDRESS_RESPONSE_SIZE)
            return FALSE;
        wl_ip_from_bytes(&response->address, WL_FAMILY_V4, data + 8);
        return TRUE;
    case WL_NAT_PMP_MAP_UDP:
        if (length < MAP_RESPONSE_SIZE)
            return FALSE;
        response->internal_port = wl_get_be16(data + 8);
        response->external_port = wl_get_be16(data + 10);
        response->lifetime = wl_get_be32(data + 12);
        return TRUE;
    default:
        return FALSE;
    }
}
