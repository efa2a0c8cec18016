/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Requests and responses of PCP (RFC 6887, sections 7.1, 7.2 and 11.1), big-endian:
 *
 *   offset size  request                      response
 *   0      1     version: 2                   version: 2
 *   1      1     opcode                       opcode, with the high bit set
 *   2      1     reserved                     reserved
 *   3      1     reserved                     result code
 *   4      4     requested lifetime           lifetime
 *   8      16    address of the client        8: epoch, 4 bytes; 12 bytes reserved
 *   24     12    MAP: nonce                   the same
 *   36     1     MAP: protocol                the same
 *   37     3     reserved                     reserved
 *   40     2     MAP: internal port           the same
 *   42     2     MAP: suggested port          assigned port
 *   44     16    MAP: suggested address       assigned address
 */
#include "wl-pcp.h"

#include "wl-big-endian.h"

#define VERSION     2
#define RESPONSE    0x80
#define HEADER_SIZE 24
#define MAX_SIZE    1100
#define UDP         17

/* IPv4 addresses are IPv4-mapped ones (RFC 6887, section 5). */
static void
put_address(guint8 to[16], const WlIp *ip)
{
    memset(to, 0, 16);
    if (ip->family == WL_FAMILY_V6) {
        memcpy(to, ip->bytes, 16);
        return;
    }
    to[10] = to[11] = 0xff;
    memcpy(to + 12, ip->bytes, 4);
}

void
wl_pcp_encode_map(const WlPcpRequest *request, guint8 bytes[WL_PCP_MAP_SIZE])
{
    WlIp suggested = request->suggested.ip;

    /* Any address is the one of zeros in the family of the client. */
    suggested.family = request->client.family;
    memset(bytes, 0, WL_PCP_MAP_SIZE);
    bytes[0] = VERSION;
    bytes[1] = WL_PCP_MAP;
    wl_put_be32(bytes + 4, request->lifetime);
    put_address(bytes + 8, &request->client);
    memcpy(bytes + 24, request->nonce.bytes, WL_PCP_NONCE_SIZE);
    bytes[36] = UDP;
    wl_put_be16(bytes + 40, request->internal_port);
    wl_put_be16(bytes + 42, request->suggested.port);
    put_address(bytes + 44, &suggested);
}

static gboolean
decode_map(const guint8 *data, gsize length, WlPcpResponse *response)
{
    WlIp assigned;

    if (length < WL_PCP_MAP_SIZE || data[36] != UDP)
        return FALSE;
    memcpy(response->nonce.bytes, data + 24, WL_PCP_NONCE_SIZE);
    response->internal_port = wl_get_be16(data + 40);
    wl_ip_from_bytes(&assigned, WL_FAMILY_V6, data + 44);
    response->external.ip = wl_ip_normalized(&assigned);
    response->external.port = wl_get_be16(data + 42);
    return TRUE;
}

gboolean
wl_pcp_decode(const guint8 *data, gsize length, WlPcpResponse *response)
{
    /* RFC 6887, section 7: a multiple of four bytes, 1100 at most. */
    if (length < HEADER_SIZE || length > MAX_SIZE || length % 4 != 0 || data[0] != VERSION ||
        !(data[1] & RESPONSE))
        return FALSE;
    memset(response, 0, sizeof *response);
    response->opcode = data[1] & ~RESPONSE;
    response->result = data[3];
    response->lifetime = wl_get_be32(data + 4);
    response->epoch = wl_get_be32(data + 8);
    if (response->opcode == WL_PCP_ANNOUNCE)
        return TRUE;
    return response->opcode == WL_PCP_MAP && decode_map(data, length, response);
}
