/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-keys-widget.hpp"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QProcess>
#include <QPushButton>
#include <QStandardPaths>
#include <QTableWidget>
#include <QVBoxLayout>
#include <set>

#include <glib/gi18n-lib.h>

#include "wl-plasma-setting.hpp"

namespace
{
const int is_secret = Qt::UserRole;

QString of_peer(unsigned number, const char *name)
{
    return QStringLiteral("peer-%1-%2").arg(number).arg(QLatin1String(name));
}
} // namespace

WlKeysWidget::WlKeysWidget(const NetworkManager::VpnSetting::Ptr &setting, QWidget *parent)
    : SettingWidget(setting, parent, {})
    , m_setting(setting)
    , m_table(new QTableWidget(0, 2, this))
    , m_error(new QLabel(this))
{
    auto layout = new QVBoxLayout(this);
    auto buttons = new QHBoxLayout;
    auto peer = new QPushButton(QString::fromUtf8(_("Add Peer")), this);
    const QString editor = QStandardPaths::findExecutable(QStringLiteral("nm-connection-editor"));

    m_table->setObjectName(QStringLiteral("keys"));
    m_table->setHorizontalHeaderLabels({QString::fromUtf8(_("Property")), QString::fromUtf8(_("Value"))});
    m_table->horizontalHeader()->setSectionResizeMode(0, QHeaderView::ResizeToContents);
    m_table->horizontalHeader()->setStretchLastSection(true);
    m_table->verticalHeader()->hide();
    m_error->setObjectName(QStringLiteral("error"));
    m_error->setWordWrap(true);
    m_error->setTextFormat(Qt::PlainText);
    layout->addWidget(m_table);
    layout->addWidget(m_error);
    layout->addLayout(buttons);
    buttons->addWidget(peer);
    buttons->addStretch();
    if (!editor.isEmpty()) {
        auto open = new QPushButton(QString::fromUtf8(_("Open Connection Editor")), this);
        buttons->addWidget(open);
        connect(open, &QPushButton::clicked, this,
                [editor] { QProcess::startDetached(editor, {QStringLiteral("--type=vpn")}); });
    }
    connect(peer, &QPushButton::clicked, this, [this] {
        addPeer(m_last_peer + 1, {});
        changed();
    });
    connect(m_table, &QTableWidget::itemChanged, this, [this] { changed(); });

    if (setting)
        loadConfig(setting);
}

/* Every key of the profile, then every key of each peer, then what this version does not know. */
void WlKeysWidget::loadConfig(const NetworkManager::Setting::Ptr &setting)
{
    const QSignalBlocker quiet(m_table);
    const NMStringMap items = setting.staticCast<NetworkManager::VpnSetting>()->data();
    std::set<unsigned> peers;
    gsize n_keys;
    const WlProfileKey *keys = wl_profile_keys(&n_keys);

    m_table->setRowCount(0);
    m_last_peer = 0;
    for (gsize i = 0; i < n_keys; i++)
        if (keys[i].scope == WL_KEY_OF_PROFILE)
            addRow(QString::fromUtf8(keys[i].name), &keys[i],
                   items.value(QString::fromUtf8(keys[i].name)));
    for (auto item = items.cbegin(); item != items.cend(); ++item) {
        const QByteArray name = item.key().toUtf8();
        const char *rest;
        guint number;

        if (wl_profile_keys_split_peer(name, &number, &rest))
            peers.insert(number);
    }
    for (unsigned number : peers)
        addPeer(number, items);
    for (auto item = items.cbegin(); item != items.cend(); ++item)
        if (m_table->findItems(item.key(), Qt::MatchFixedString | Qt::MatchCaseSensitive).isEmpty())
            addRow(item.key(), nullptr, item.value());
    changed();
}

void WlKeysWidget::loadSecrets(const NetworkManager::Setting::Ptr &setting)
{
    const NMStringMap secrets = setting.staticCast<NetworkManager::VpnSetting>()->secrets();

    for (int row = 0; row < m_table->rowCount(); row++)
        if (auto field = qobject_cast<QLineEdit *>(m_table->cellWidget(row, 1))) {
            const QString value = secrets.value(m_table->item(row, 0)->text());

            if (!value.isEmpty())
                field->setText(value);
        }
    changed();
}

void WlKeysWidget::addPeer(unsigned number, const NMStringMap &items)
{
    const QSignalBlocker quiet(m_table);
    gsize n_keys;
    const WlProfileKey *keys = wl_profile_keys(&n_keys);

    for (gsize i = 0; i < n_keys; i++)
        if (keys[i].scope == WL_KEY_OF_PEER)
            addRow(of_peer(number, keys[i].name), &keys[i],
                   items.value(of_peer(number, keys[i].name)));
    m_last_peer = std::max(m_last_peer, number);
}

void WlKeysWidget::addRow(const QString &name, const WlProfileKey *key, const QString &value)
{
    const int row = m_table->rowCount();
    auto label = new QTableWidgetItem(name);
    const QString help = key ? QString::fromUtf8(key->help) : QString();

    label->setFlags(Qt::ItemIsEnabled | Qt::ItemIsSelectable);
    label->setToolTip(help);
    m_table->insertRow(row);
    m_table->setItem(row, 0, label);
    if (key && key->secret) {
        auto field = new QLineEdit(m_setting ? m_setting->secrets().value(name) : QString(), m_table);
        field->setEchoMode(QLineEdit::Password);
        field->setAccessibleName(name);
        field->setToolTip(help);
        connect(field, &QLineEdit::textChanged, this, [this] { changed(); });
        m_table->setCellWidget(row, 1, field);
    } else {
        auto item = new QTableWidgetItem(value);
        item->setToolTip(help);
        m_table->setItem(row, 1, item);
    }
}

WlKeysWidget::Values WlKeysWidget::values() const
{
    Values values;

    for (int row = 0; row < m_table->rowCount(); row++) {
        const QString name = m_table->item(row, 0)->text();
        const auto field = qobject_cast<QLineEdit *>(m_table->cellWidget(row, 1));
        const QString value = field ? field->text().trimmed() : m_table->item(row, 1)->text();

        if (!value.isEmpty())
            (field ? values.secrets : values.data).insert(name, value);
    }
    return values;
}

void WlKeysWidget::changed()
{
    const Values now = values();
    const QString error = wl_plasma_setting_error(now.data, now.secrets);

    m_error->setText(error);
    m_error->setVisible(!error.isEmpty());
    settingChanged();
    slotWidgetChanged();
}

QVariantMap WlKeysWidget::setting() const
{
    const Values now = values();
    NetworkManager::VpnSetting setting(m_setting);

    setting.setServiceType(QStringLiteral(WL_PROFILE_SERVICE_TYPE));
    setting.setData(now.data);
    setting.setSecrets(now.secrets);
    setting.setInitialized(true);
    return setting.toMap();
}

bool WlKeysWidget::isValid() const
{
    const Values now = values();

    return wl_plasma_setting_error(now.data, now.secrets).isEmpty();
}
