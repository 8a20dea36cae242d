#include "commands.hpp"

#include <array>

namespace umsadm::app {
namespace {

constexpr std::array<AddCommand, 15> k_cert_commands{
    {add_cert_create_root, add_cert_create, add_cert_import, add_cert_renew, add_cert_request, add_cert_sign,
     add_cert_list, add_cert_show, add_cert_check, add_cert_lint, add_cert_export, add_cert_delete,
     add_cert_encrypt_key, add_cert_decrypt_key, add_cert_set_key}};

constexpr std::array<AddCommand, 7> k_gateway_commands{{add_gateway_add, add_gateway_edit, add_gateway_list,
                                                        add_gateway_show, add_gateway_trust, add_gateway_check,
                                                        add_gateway_remove}};
constexpr std::array<AddCommand, 7> k_server_commands{{add_server_add, add_server_edit, add_server_list,
                                                       add_server_show, add_server_trust, add_server_check,
                                                       add_server_remove}};
constexpr std::array<AddCommand, 7> k_keystore_commands{
    {add_keystore_show, add_keystore_candidates, add_keystore_update, add_keystore_verify, add_keystore_rollback,
     add_keystore_history, add_keystore_build}};

constexpr std::array<AddCommand, 9> k_id_commands{{add_id_create, add_id_adopt, add_id_show, add_id_export,
                                                   add_id_backup, add_id_verify_backup, add_id_restore, add_id_sync,
                                                   add_id_register}};

template <std::size_t N>
void add_group(Command& root, const char* name, const char* summary, const std::array<AddCommand, N>& commands) {
    Command& group = root.command(name, summary);
    group.commands_by([&group, &commands] {
        for (const AddCommand add : commands) add(group);
    });
}

}  // namespace

void add_all_commands(Command& root) {
    add_init(root);
    add_group(root, "cert", "Certificates: make, import, renew, check, export", k_cert_commands);
    add_group(root, "gateway", "Gateways: how to reach them, what they use, whether they are ready",
              k_gateway_commands);
    add_group(root, "server", "UMS Servers: how to reach them, which one is the main server, whether they are ready",
              k_server_commands);
    add_group(root, "keystore", "Keystores of gateways: look, update, verify, roll back", k_keystore_commands);
    add_group(root, "id", "The UMS ID: show, export, back up, restore, synchronise", k_id_commands);
    add_status(root);
    add_report(root);
    add_renew(root);
    add_audit(root);
    add_explain(root);
    add_completion(root);
    add_fullhelp(root);
}

}  // namespace umsadm::app
