/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Messages of nf_tables, as linux/netfilter/nf_tables.h defines them. A batch owns its bytes; the
 * kernel keeps what was sent. Results are 0 or a negative errno.
 */
#include "wl-nft.h"

#include <netinet/in.h> /* before the kernel's headers, which leave out what it defines */

#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <string.h>

/* Bytes of one message, with its rule: the longest has ten expressions of less than 100 bytes. */
#define MESSAGE_SIZE 2048
/* Ranges in one message: both ends of one take 80 bytes. */
#define RANGES 20

/* Before connection tracking, which need not know a packet that is dropped
 * (NF_IP_PRI_RAW in linux/netfilter_ipv4.h). */
#define PRIORITY_RAW (-300)
/* Where filters are (NF_IP_PRI_FILTER), and where sources are replaced (NF_IP_PRI_NAT_SRC). */
#define PRIORITY_FILTER     0
#define PRIORITY_SOURCE_NAT 100

struct _WlNftBatch {
    GByteArray *bytes; /* complete messages */
    struct nlmsghdr *message;
    struct nlattr *expressions; /* of the rule in progress; NULL: none */
    _Alignas(struct nlmsghdr) guint8 buffer[MESSAGE_SIZE];
};

static void
begin_message(WlNftBatch *self, guint16 type, guint16 flags)
{
    struct nfgenmsg *header;

    memset(self->buffer, 0, sizeof self->buffer);
    self->message = mnl_nlmsg_put_header(self->buffer);
    self->message->nlmsg_type = type;
    self->message->nlmsg_flags = NLM_F_REQUEST | flags;
    header = mnl_nlmsg_put_extra_header(self->message, sizeof *header);
    header->version = NFNETLINK_V0;
    if (type == NFNL_MSG_BATCH_BEGIN || type == NFNL_MSG_BATCH_END)
        header->res_id = htons(NFNL_SUBSYS_NFTABLES);
    else
        header->nfgen_family = NFPROTO_INET;
}

static void
begin(WlNftBatch *self, guint type, guint16 flags)
{
    begin_message(self, (guint16) (NFNL_SUBSYS_NFTABLES << 8 | type), flags);
}

static void
end_message(WlNftBatch *self)
{
    g_byte_array_append(self->bytes, self->buffer, self->message->nlmsg_len);
    self->message = NULL;
}

WlNftBatch *
wl_nft_batch_new(void)
{
    WlNftBatch *self = g_new0(WlNftBatch, 1);

    self->bytes = g_byte_array_new();
    begin_message(self, NFNL_MSG_BATCH_BEGIN, 0);
    end_message(self);
    return self;
}

void
wl_nft_batch_free(WlNftBatch *self)
{
    if (!self)
        return;
    g_byte_array_unref(self->bytes);
    g_free(self);
}

/* ---- tables and chains ----------------------------------------------------------------------- */

static void
put_u32(WlNftBatch *self, guint16 type, guint32 value)
{
    mnl_attr_put_u32(self->message, type, htonl(value));
}

void
wl_nft_add_table(WlNftBatch *self, const char *table, gboolean owned)
{
    begin(self, NFT_MSG_NEWTABLE, NLM_F_CREATE);
    mnl_attr_put_strz(self->message, NFTA_TABLE_NAME, table);
    put_u32(self, NFTA_TABLE_FLAGS, owned ? NFT_TABLE_F_OWNER : 0);
    end_message(self);
}

void
wl_nft_delete_table(WlNftBatch *self, const char *table)
{
    begin(self, NFT_MSG_DELTABLE, 0);
    mnl_attr_put_strz(self->message, NFTA_TABLE_NAME, table);
    end_message(self);
}

static void
add_chain(WlNftBatch *self, const char *table, const char *chain, guint32 hook_number, int priority,
          const char *type)
{
    struct nlattr *hook;

    begin(self, NFT_MSG_NEWCHAIN, NLM_F_CREATE);
    mnl_attr_put_strz(self->message, NFTA_CHAIN_TABLE, table);
    mnl_attr_put_strz(self->message, NFTA_CHAIN_NAME, chain);
    hook = mnl_attr_nest_start(self->message, NFTA_CHAIN_HOOK);
    put_u32(self, NFTA_HOOK_HOOKNUM, hook_number);
    put_u32(self, NFTA_HOOK_PRIORITY, (guint32) priority);
    mnl_attr_nest_end(self->message, hook);
    mnl_attr_put_strz(self->message, NFTA_CHAIN_TYPE, type);
    end_message(self);
}

void
wl_nft_add_output_chain(WlNftBatch *self, const char *table, const char *chain)
{
    add_chain(self, table, chain, NF_INET_LOCAL_OUT, PRIORITY_RAW, "filter");
}

void
wl_nft_add_postrouting_chain(WlNftBatch *self, const char *table, const char *chain)
{
    add_chain(self, table, chain, NF_INET_POST_ROUTING, PRIORITY_RAW, "filter");
}

void
wl_nft_add_forward_chain(WlNftBatch *self, const char *table, const char *chain)
{
    add_chain(self, table, chain, NF_INET_FORWARD, PRIORITY_FILTER, "filter");
}

void
wl_nft_add_source_nat_chain(WlNftBatch *self, const char *table, const char *chain)
{
    add_chain(self, table, chain, NF_INET_POST_ROUTING, PRIORITY_SOURCE_NAT, "nat");
}

void
wl_nft_flush_chain(WlNftBatch *self, const char *table, const char *chain)
{
    begin(self, NFT_MSG_DELRULE, 0);
    mnl_attr_put_strz(self->message, NFTA_RULE_TABLE, table);
    mnl_attr_put_strz(self->message, NFTA_RULE_CHAIN, chain);
    end_message(self);
}

/* ---- sets ------------------------------------------------------------------------------------ */

/* The numbers by which nft shows the type of the elements. */
#define NFT_TYPE_IPV4 7
#define NFT_TYPE_IPV6 8

void
wl_nft_add_set(WlNftBatch *self, const char *table, const char *set, WlFamily family, guint32 id)
{
    gboolean v4 = family == WL_FAMILY_V4;

    begin(self, NFT_MSG_NEWSET, NLM_F_CREATE);
    mnl_attr_put_strz(self->message, NFTA_SET_TABLE, table);
    mnl_attr_put_strz(self->message, NFTA_SET_NAME, set);
    put_u32(self, NFTA_SET_FLAGS, NFT_SET_INTERVAL);
    put_u32(self, NFTA_SET_KEY_TYPE, v4 ? NFT_TYPE_IPV4 : NFT_TYPE_IPV6);
    put_u32(self, NFTA_SET_KEY_LEN, v4 ? 4 : 16);
    put_u32(self, NFTA_SET_ID, id);
    end_message(self);
}

static void
begin_elements(WlNftBatch *self, guint type, guint16 flags, const char *table, const char *set)
{
    begin(self, type, flags);
    mnl_attr_put_strz(self->message, NFTA_SET_ELEM_LIST_TABLE, table);
    mnl_attr_put_strz(self->message, NFTA_SET_ELEM_LIST_SET, set);
}

void
wl_nft_flush_set(WlNftBatch *self, const char *table, const char *set)
{
    begin_elements(self, NFT_MSG_DELSETELEM, 0, table, set);
    end_message(self);
}

static void
put_element(WlNftBatch *self, const WlIp *ip, gboolean is_end)
{
    struct nlattr *element = mnl_attr_nest_start(self->message, NFTA_LIST_ELEM);
    struct nlattr *key = mnl_attr_nest_start(self->message, NFTA_SET_ELEM_KEY);

    mnl_attr_put(self->message, NFTA_DATA_VALUE, wl_ip_size(ip), ip->bytes);
    mnl_attr_nest_end(self->message, key);
    if (is_end)
        put_u32(self, NFTA_SET_ELEM_FLAGS, NFT_SET_ELEM_INTERVAL_END);
    mnl_attr_nest_end(self->message, element);
}

void
wl_nft_add_ranges(WlNftBatch *self, const char *table, const char *set, const WlNftRange *ranges,
                  gsize n)
{
    for (gsize i = 0; i < n;) {
        struct nlattr *elements;

        begin_elements(self, NFT_MSG_NEWSETELEM, NLM_F_CREATE, table, set);
        elements = mnl_attr_nest_start(self->message, NFTA_SET_ELEM_LIST_ELEMENTS);
        for (gsize last = MIN(n, i + RANGES); i < last; i++) {
            put_element(self, &ranges[i].first, FALSE);
            if (ranges[i].end.family != WL_FAMILY_NONE)
                put_element(self, &ranges[i].end, TRUE);
        }
        mnl_attr_nest_end(self->message, elements);
        end_message(self);
    }
}

/* ---- rules ----------------------------------------------------------------------------------- */

/* An open expression: its two attributes. */
typedef struct {
    struct nlattr *element, *data;
} Expression;

static Expression
begin_expression(WlNftBatch *self, const char *name)
{
    Expression expression;

    expression.element = mnl_attr_nest_start(self->message, NFTA_LIST_ELEM);
    mnl_attr_put_strz(self->message, NFTA_EXPR_NAME, name);
    expression.data = mnl_attr_nest_start(self->message, NFTA_EXPR_DATA);
    return expression;
}

static void
end_expression(WlNftBatch *self, Expression expression)
{
    mnl_attr_nest_end(self->message, expression.data);
    mnl_attr_nest_end(self->message, expression.element);
}

static void
load_meta(WlNftBatch *self, guint32 key)
{
    Expression expression = begin_expression(self, "meta");

    put_u32(self, NFTA_META_KEY, key);
    put_u32(self, NFTA_META_DREG, NFT_REG_1);
    end_expression(self, expression);
}

static void
load_payload(WlNftBatch *self, guint32 base, guint32 offset, guint32 length)
{
    Expression expression = begin_expression(self, "payload");

    put_u32(self, NFTA_PAYLOAD_DREG, NFT_REG_1);
    put_u32(self, NFTA_PAYLOAD_BASE, base);
    put_u32(self, NFTA_PAYLOAD_OFFSET, offset);
    put_u32(self, NFTA_PAYLOAD_LEN, length);
    end_expression(self, expression);
}

/* Compares what was loaded. */
static void
compare(WlNftBatch *self, gboolean invert, gconstpointer value, gsize length)
{
    Expression expression = begin_expression(self, "cmp");
    struct nlattr *data;

    put_u32(self, NFTA_CMP_SREG, NFT_REG_1);
    put_u32(self, NFTA_CMP_OP, invert ? NFT_CMP_NEQ : NFT_CMP_EQ);
    data = mnl_attr_nest_start(self->message, NFTA_CMP_DATA);
    mnl_attr_put(self->message, NFTA_DATA_VALUE, length, value);
    mnl_attr_nest_end(self->message, data);
    end_expression(self, expression);
}

static void
close_rule(WlNftBatch *self)
{
    mnl_attr_nest_end(self->message, self->expressions);
    self->expressions = NULL;
    end_message(self);
}

static void
end_rule(WlNftBatch *self, guint32 verdict)
{
    Expression expression = begin_expression(self, "immediate");
    struct nlattr *data, *code;

    put_u32(self, NFTA_IMMEDIATE_DREG, NFT_REG_VERDICT);
    data = mnl_attr_nest_start(self->message, NFTA_IMMEDIATE_DATA);
    code = mnl_attr_nest_start(self->message, NFTA_DATA_VERDICT);
    put_u32(self, NFTA_VERDICT_CODE, verdict);
    mnl_attr_nest_end(self->message, code);
    mnl_attr_nest_end(self->message, data);
    end_expression(self, expression);
    close_rule(self);
}

void
wl_nft_begin_rule(WlNftBatch *self, const char *table, const char *chain)
{
    begin(self, NFT_MSG_NEWRULE, NLM_F_CREATE | NLM_F_APPEND);
    mnl_attr_put_strz(self->message, NFTA_RULE_TABLE, table);
    mnl_attr_put_strz(self->message, NFTA_RULE_CHAIN, chain);
    self->expressions = mnl_attr_nest_start(self->message, NFTA_RULE_EXPRESSIONS);
}

void
wl_nft_match_udp(WlNftBatch *self, gboolean invert)
{
    const guint8 udp = IPPROTO_UDP;

    load_meta(self, NFT_META_L4PROTO);
    compare(self, invert, &udp, sizeof udp);
}

void
wl_nft_match_source_port(WlNftBatch *self, guint16 port, gboolean invert)
{
    const guint16 value = htons(port);

    load_payload(self, NFT_PAYLOAD_TRANSPORT_HEADER, 0, sizeof value);
    compare(self, invert, &value, sizeof value);
}

static void
match_interface(WlNftBatch *self, guint32 key, int ifindex, gboolean invert)
{
    const guint32 value = (guint32) ifindex; /* in the byte order of the machine */

    load_meta(self, key);
    compare(self, invert, &value, sizeof value);
}

void
wl_nft_match_output(WlNftBatch *self, int ifindex, gboolean invert)
{
    match_interface(self, NFT_META_OIF, ifindex, invert);
}

void
wl_nft_match_input(WlNftBatch *self, int ifindex, gboolean invert)
{
    match_interface(self, NFT_META_IIF, ifindex, invert);
}

void
wl_nft_match_family(WlNftBatch *self, WlFamily family)
{
    const guint8 value = family == WL_FAMILY_V4 ? NFPROTO_IPV4 : NFPROTO_IPV6;

    load_meta(self, NFT_META_NFPROTO);
    compare(self, FALSE, &value, sizeof value);
}

void
wl_nft_match_source(WlNftBatch *self, const WlIp *address)
{
    gboolean v4 = address->family == WL_FAMILY_V4;
    guint32 size = (guint32) wl_ip_size(address);

    wl_nft_match_family(self, address->family);
    /* The offset of the source address in the IP header (RFC 791, RFC 8200). */
    load_payload(self, NFT_PAYLOAD_NETWORK_HEADER, v4 ? 12 : 8, size);
    compare(self, FALSE, address->bytes, size);
}

/* @offsets: of the address in the IP header of each family (RFC 791, RFC 8200). */
static void
match_set(WlNftBatch *self, WlFamily family, const guint32 offsets[2], const char *set)
{
    gboolean v4 = family == WL_FAMILY_V4;
    Expression expression;

    wl_nft_match_family(self, family);
    load_payload(self, NFT_PAYLOAD_NETWORK_HEADER, offsets[v4 ? 0 : 1], v4 ? 4 : 16);
    expression = begin_expression(self, "lookup");
    mnl_attr_put_strz(self->message, NFTA_LOOKUP_SET, set);
    put_u32(self, NFTA_LOOKUP_SREG, NFT_REG_1);
    end_expression(self, expression);
}

void
wl_nft_match_destination(WlNftBatch *self, WlFamily family, const char *set)
{
    match_set(self, family, (const guint32[2]){16, 24}, set);
}

void
wl_nft_match_source_set(WlNftBatch *self, WlFamily family, const char *set)
{
    match_set(self, family, (const guint32[2]){12, 8}, set);
}

static void
put_value(WlNftBatch *self, guint16 type, guint32 value)
{
    struct nlattr *data = mnl_attr_nest_start(self->message, type);

    mnl_attr_put(self->message, NFTA_DATA_VALUE, sizeof value, &value);
    mnl_attr_nest_end(self->message, data);
}

/* Of the 32 bits that were loaded, those of @mask stay. */
static void
mask_loaded(WlNftBatch *self, guint32 mask)
{
    Expression expression = begin_expression(self, "bitwise");

    put_u32(self, NFTA_BITWISE_SREG, NFT_REG_1);
    put_u32(self, NFTA_BITWISE_DREG, NFT_REG_1);
    put_u32(self, NFTA_BITWISE_LEN, sizeof mask);
    put_value(self, NFTA_BITWISE_MASK, mask); /* in the byte order of the machine, as the value */
    put_value(self, NFTA_BITWISE_XOR, 0);
    end_expression(self, expression);
}

void
wl_nft_match_mark(WlNftBatch *self, guint32 mark, guint32 mask)
{
    load_meta(self, NFT_META_MARK);
    mask_loaded(self, mask);
    compare(self, FALSE, &mark, sizeof mark);
}

/* The bits of "established" and "related" (NF_CT_STATE_BIT in
 * linux/netfilter/nf_conntrack_common.h). */
#define STATE_REPLIES 6U

void
wl_nft_match_replies(WlNftBatch *self)
{
    const guint32 none = 0;
    Expression expression = begin_expression(self, "ct");

    put_u32(self, NFTA_CT_KEY, NFT_CT_STATE);
    put_u32(self, NFTA_CT_DREG, NFT_REG_1);
    end_expression(self, expression);
    mask_loaded(self, STATE_REPLIES);
    compare(self, TRUE, &none, sizeof none);
}

void
wl_nft_accept(WlNftBatch *self)
{
    end_rule(self, NF_ACCEPT);
}

void
wl_nft_masquerade(WlNftBatch *self)
{
    end_expression(self, begin_expression(self, "masq"));
    close_rule(self);
}

void
wl_nft_drop(WlNftBatch *self)
{
    end_expression(self, begin_expression(self, "counter"));
    end_rule(self, NF_DROP);
}

/* ---- sending and listing --------------------------------------------------------------------- */

int
wl_nft_batch_send(WlNftBatch *self, WlNetlink *netlink)
{
    begin_message(self, NFNL_MSG_BATCH_END, 0);
    end_message(self);
    return wl_netlink_request_batch(netlink, self->bytes->data, self->bytes->len);
}

typedef struct {
    const char *prefix;
    GPtrArray *names;
} Listing;

static int
read_table(const struct nlmsghdr *message, gpointer user_data)
{
    const Listing *listing = user_data;
    const struct nlattr *attribute;

    mnl_attr_for_each(attribute, message, sizeof(struct nfgenmsg))
    {
        if (mnl_attr_get_type(attribute) != NFTA_TABLE_NAME ||
            mnl_attr_validate(attribute, MNL_TYPE_NUL_STRING) < 0)
            continue;
        if (g_str_has_prefix(mnl_attr_get_str(attribute), listing->prefix))
            g_ptr_array_add(listing->names, g_strdup(mnl_attr_get_str(attribute)));
    }
    return 0;
}

static void
clear_names(gpointer user_data)
{
    g_ptr_array_set_size(((Listing *) user_data)->names, 0);
}

int
wl_nft_list_tables(WlNetlink *netlink, const char *prefix, GPtrArray *names)
{
    _Alignas(struct nlmsghdr) guint8 buffer[64] = {0};
    struct nlmsghdr *message = mnl_nlmsg_put_header(buffer);
    Listing listing = {prefix, names};
    struct nfgenmsg *header;

    message->nlmsg_type = NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_GETTABLE;
    header = mnl_nlmsg_put_extra_header(message, sizeof *header);
    header->version = NFNETLINK_V0;
    header->nfgen_family = NFPROTO_INET;
    return wl_netlink_dump(netlink, message, clear_names, read_table, &listing);
}
