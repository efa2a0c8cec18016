/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-datagram.h"

#include "wl-datagram-source.h"
#include "wl-fact-codec.h"
#include "wl-group.h"

static const char *const result_labels[WL_RECEIVE_N_RESULTS] = {
    [WL_RECEIVE_ACCEPTED] = "accepted", [WL_RECEIVE_UNDECODABLE] = "undecodable",
    [WL_RECEIVE_UNSIGNED] = "unsigned", [WL_RECEIVE_WRONG_SOURCE] = "wrong-source",
    [WL_RECEIVE_BAD_TAG] = "bad-tag",   [WL_RECEIVE_BAD_INNER] = "bad-inner",
    [WL_RECEIVE_REPLAYED] = "replayed", [WL_RECEIVE_FLOOD] = "flood",
};

const char *
wl_receive_result_label(WlReceiveResult result)
{
    return (guint) result < G_N_ELEMENTS(result_labels) ? result_labels[result] : "unknown";
}

WlReceiveResult
wl_datagram_open(WlSigner *signer, const WlIp *source, const guint8 *data, gsize length,
                 WlKey *sender, GArray *facts, WlDecodeError *decode_error)
{
    g_auto(WlFact) group = {0};
    WlDecodeError error;
    gsize consumed;

    g_array_set_size(facts, 0);
    error = wl_fact_decode(data, length, &group, &consumed);
    if (decode_error)
        *decode_error = error;
    if (error)
        return WL_RECEIVE_UNDECODABLE;
    if (group.attribute != WL_ATTRIBUTE_GROUP)
        return WL_RECEIVE_UNSIGNED;
    /* Before any key agreement: a datagram from a wrong address costs one hash. */
    if (!wl_datagram_source_is_signer(signer, source, &group.subject))
        return WL_RECEIVE_WRONG_SOURCE;
    if (!wl_signer_verify(signer, &group))
        return WL_RECEIVE_BAD_TAG;
    error = wl_group_decode(group.value.group.inner, group.value.group.inner_length, facts);
    if (decode_error)
        *decode_error = error;
    if (error)
        return WL_RECEIVE_BAD_INNER;
    *sender = group.subject;
    return WL_RECEIVE_ACCEPTED;
}
