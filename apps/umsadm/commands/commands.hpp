#pragma once

#include "../command.hpp"

namespace umsadm::app {

// Adds one command to its group: what it is called, its options, its help. One function and one file for each.
using AddCommand = void (*)(Command& group);

void add_init(Command& root);
void add_status(Command& root);
void add_report(Command& root);
void add_renew(Command& root);
void add_explain(Command& root);
void add_fullhelp(Command& root);
void add_completion(Command& root);

void add_cert_create_root(Command& cert);
void add_cert_create(Command& cert);
void add_cert_import(Command& cert);
void add_cert_renew(Command& cert);
void add_cert_request(Command& cert);
void add_cert_sign(Command& cert);
void add_cert_list(Command& cert);
void add_cert_show(Command& cert);
void add_cert_check(Command& cert);
void add_cert_lint(Command& cert);
void add_cert_export(Command& cert);
void add_cert_delete(Command& cert);
void add_cert_encrypt_key(Command& cert);
void add_cert_decrypt_key(Command& cert);
void add_cert_set_key(Command& cert);

void add_gateway_add(Command& gateway);
void add_gateway_edit(Command& gateway);
void add_gateway_list(Command& gateway);
void add_gateway_show(Command& gateway);
void add_gateway_trust(Command& gateway);
void add_gateway_check(Command& gateway);
void add_gateway_remove(Command& gateway);

void add_keystore_show(Command& keystore);
void add_keystore_candidates(Command& keystore);
void add_keystore_update(Command& keystore);
void add_keystore_verify(Command& keystore);
void add_keystore_rollback(Command& keystore);
void add_keystore_history(Command& keystore);
void add_keystore_build(Command& keystore);

void add_id_create(Command& id);
void add_id_adopt(Command& id);
void add_id_show(Command& id);
void add_id_export(Command& id);
void add_id_backup(Command& id);
void add_id_verify_backup(Command& id);
void add_id_restore(Command& id);
void add_id_sync(Command& id);
void add_id_register(Command& id);

void add_server_add(Command& server);
void add_server_edit(Command& server);
void add_server_list(Command& server);
void add_server_show(Command& server);
void add_server_trust(Command& server);
void add_server_check(Command& server);
void add_server_remove(Command& server);

void add_audit(Command& root);
void add_audit_verify(Command& audit);

// All commands of the program, in the order of the help.
void add_all_commands(Command& root);

}  // namespace umsadm::app
