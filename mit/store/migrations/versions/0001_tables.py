"""tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table('audit_head',
    sa.Column('id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('seq', sa.BigInteger(), nullable=False),
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.CheckConstraint('id = 1', name=op.f('ck_audit_head_single')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_head'))
    )
    op.create_table('counters',
    sa.Column('name', sa.String(length=40), nullable=False),
    sa.Column('value', sa.Integer(), nullable=False),
    sa.CheckConstraint('value >= 0', name=op.f('ck_counters_value')),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_counters'))
    )
    op.create_table('documents',
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('media_type', sa.String(length=100), nullable=False),
    sa.Column('size_bytes', sa.BigInteger(), nullable=False),
    sa.Column('stored_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('length(sha256) = 64', name=op.f('ck_documents_sha256')),
    sa.CheckConstraint('size_bytes >= 0', name=op.f('ck_documents_size')),
    sa.PrimaryKeyConstraint('sha256', name=op.f('pk_documents'))
    )
    op.create_table('jobs',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('key', sa.String(length=200), nullable=False),
    sa.Column('payload', sa.Text(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('leased_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('last_error', sa.Text(), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("(state = 'waiting') = (finished_at IS NULL)", name=op.f('ck_jobs_finished')),
    sa.CheckConstraint("state IN ('waiting', 'done', 'dead')", name=op.f('ck_jobs_state')),
    sa.CheckConstraint('attempts >= 0', name=op.f('ck_jobs_attempts')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_jobs')),
    sa.UniqueConstraint('kind', 'key', name=op.f('uq_jobs_kind_key'))
    )
    op.create_index('ix_jobs_waiting', 'jobs', ['due_at', 'id'], unique=False, sqlite_where=sa.text("state = 'waiting'"), postgresql_where=sa.text("state = 'waiting'"))
    op.create_table('organisations',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('tax_number', sa.String(length=13), nullable=False),
    sa.Column('name_th', sa.String(length=300), nullable=False),
    sa.Column('name_en', sa.String(length=300), nullable=False),
    sa.Column('address_th', sa.String(length=1000), nullable=False),
    sa.Column('address_en', sa.String(length=1000), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("kind IN ('manufacturer', 'agency')", name=op.f('ck_organisations_kind')),
    sa.CheckConstraint('length(tax_number) = 13', name=op.f('ck_organisations_tax_number')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_organisations')),
    sa.UniqueConstraint('tax_number', name=op.f('uq_organisations_tax_number'))
    )
    op.create_table('published',
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('media_type', sa.String(length=100), nullable=False),
    sa.Column('body', sa.LargeBinary(), nullable=False),
    sa.Column('etag', sa.String(length=80), nullable=False),
    sa.Column('signed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('valid_until', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_published'))
    )
    op.create_table('signing_keys',
    sa.Column('kid', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('purpose', sa.String(length=20), nullable=False),
    sa.Column('algorithm', sa.String(length=10), nullable=False),
    sa.Column('thumbprint', sa.String(length=64), nullable=False),
    sa.Column('public_jwk', sa.Text(), nullable=False),
    sa.Column('certificate_chain', sa.Text(), nullable=True),
    sa.Column('demo', sa.Boolean(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('active_from_on', sa.Date(), nullable=True),
    sa.Column('verify_only_from_on', sa.Date(), nullable=True),
    sa.Column('retired_from_on', sa.Date(), nullable=True),
    sa.Column('compromised_from_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('compromised_reason', sa.Text(), nullable=True),
    sa.CheckConstraint("algorithm IN ('ES256', 'RS256')", name=op.f('ck_signing_keys_algorithm')),
    sa.CheckConstraint("purpose = 'seal' OR (algorithm = 'ES256' AND certificate_chain IS NULL)", name=op.f('ck_signing_keys_seal')),
    sa.CheckConstraint("purpose IN ('credential', 'seal')", name=op.f('ck_signing_keys_purpose')),
    sa.CheckConstraint('kid BETWEEN 1 AND 65535', name=op.f('ck_signing_keys_kid')),
    sa.CheckConstraint('retired_from_on IS NULL OR verify_only_from_on IS NULL OR retired_from_on >= verify_only_from_on', name=op.f('ck_signing_keys_retired')),
    sa.CheckConstraint('verify_only_from_on IS NULL OR (active_from_on IS NOT NULL AND verify_only_from_on >= active_from_on)', name=op.f('ck_signing_keys_verify_only')),
    sa.PrimaryKeyConstraint('kid', name=op.f('pk_signing_keys')),
    sa.UniqueConstraint('thumbprint', name=op.f('uq_signing_keys_thumbprint'))
    )
    op.create_table('status_slots',
    sa.Column('list_number', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('slot_index', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('allotted_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('list_number > 0', name=op.f('ck_status_slots_list_number')),
    sa.CheckConstraint('slot_index BETWEEN 0 AND 131071', name=op.f('ck_status_slots_slot_index')),
    sa.PrimaryKeyConstraint('list_number', 'slot_index', name=op.f('pk_status_slots'))
    )
    op.create_table('users',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('email', sa.String(length=254), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('password_hash', sa.String(length=300), nullable=False),
    sa.Column('organisation_id', sa.Uuid(), nullable=True),
    sa.Column('is_active', sa.Boolean(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('email = lower(email)', name=op.f('ck_users_email_lower')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_users_organisation_id_organisations')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_users')),
    sa.UniqueConstraint('email', name=op.f('uq_users_email'))
    )
    op.create_index(op.f('ix_users_organisation_id'), 'users', ['organisation_id'], unique=False)
    op.create_table('affiliations',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('user_id', sa.Uuid(), nullable=False),
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('began_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('ended_at IS NULL OR ended_at >= began_at', name=op.f('ck_affiliations_span')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_affiliations_organisation_id_organisations')),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_affiliations_user_id_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_affiliations'))
    )
    op.create_index('ix_affiliations_live', 'affiliations', ['user_id'], unique=True, sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))
    op.create_index(op.f('ix_affiliations_organisation_id'), 'affiliations', ['organisation_id'], unique=False)
    op.create_table('applications',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.String(length=20), nullable=False),
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('author_id', sa.Uuid(), nullable=False),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('content_digest', sa.String(length=64), nullable=True),
    sa.Column('profile_version', sa.String(length=60), nullable=True),
    sa.Column('rule_set_id', sa.String(length=60), nullable=True),
    sa.Column('rule_set_sha256', sa.String(length=64), nullable=True),
    sa.Column('site_th', sa.String(length=1000), nullable=False),
    sa.Column('site_en', sa.String(length=1000), nullable=False),
    sa.Column('factory_number', sa.String(length=60), nullable=False),
    sa.Column('supersedes', sa.String(length=20), nullable=True),
    sa.Column('reviewer_id', sa.Uuid(), nullable=True),
    sa.Column('approver_id', sa.Uuid(), nullable=True),
    sa.Column('refused_by_id', sa.Uuid(), nullable=True),
    sa.Column('reasons', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('submitted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("(state = 'approved') = (approver_id IS NOT NULL)", name=op.f('ck_applications_approver')),
    sa.CheckConstraint("(state = 'refused') = (refused_by_id IS NOT NULL)", name=op.f('ck_applications_refused_by')),
    sa.CheckConstraint("(state IN ('approved', 'refused', 'withdrawn')) = (decided_at IS NOT NULL)", name=op.f('ck_applications_decided')),
    sa.CheckConstraint("CASE WHEN state IN ('recommended', 'approved') THEN reviewer_id IS NOT NULL WHEN state = 'refused' THEN 1 = 1 ELSE reviewer_id IS NULL END", name=op.f('ck_applications_reviewer')),
    sa.CheckConstraint("state IN ('draft', 'submitted', 'returned', 'recommended', 'approved', 'refused', 'withdrawn')", name=op.f('ck_applications_state')),
    sa.CheckConstraint("state IN ('draft', 'withdrawn') OR (content_digest IS NOT NULL AND submitted_at IS NOT NULL AND profile_version IS NOT NULL)", name=op.f('ck_applications_submitted')),
    sa.CheckConstraint('approver_id <> reviewer_id', name=op.f('ck_applications_four_eyes')),
    sa.CheckConstraint('author_id <> reviewer_id AND author_id <> approver_id', name=op.f('ck_applications_author')),
    sa.CheckConstraint('content_digest IS NULL OR length(content_digest) = 64', name=op.f('ck_applications_content_digest')),
    sa.CheckConstraint('version >= 1', name=op.f('ck_applications_version')),
    sa.ForeignKeyConstraint(['approver_id'], ['users.id'], name=op.f('fk_applications_approver_id_users')),
    sa.ForeignKeyConstraint(['author_id'], ['users.id'], name=op.f('fk_applications_author_id_users')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_applications_organisation_id_organisations')),
    sa.ForeignKeyConstraint(['refused_by_id'], ['users.id'], name=op.f('fk_applications_refused_by_id_users')),
    sa.ForeignKeyConstraint(['reviewer_id'], ['users.id'], name=op.f('fk_applications_reviewer_id_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_applications')),
    sa.UniqueConstraint('number', name=op.f('uq_applications_number'))
    )
    op.create_index(op.f('ix_applications_organisation_id'), 'applications', ['organisation_id'], unique=False)
    op.create_index(op.f('ix_applications_state'), 'applications', ['state'], unique=False)
    op.create_table('audit_events',
    sa.Column('seq', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('actor_id', sa.Uuid(), nullable=True),
    sa.Column('event', sa.String(length=100), nullable=False),
    sa.Column('subject', sa.String(length=200), nullable=False),
    sa.Column('payload', sa.Text(), nullable=False),
    sa.Column('payload_sha256', sa.String(length=64), nullable=False),
    sa.Column('prev', sa.String(length=64), nullable=False),
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.CheckConstraint('seq >= 1', name=op.f('ck_audit_events_seq')),
    sa.ForeignKeyConstraint(['actor_id'], ['users.id'], name=op.f('fk_audit_events_actor_id_users')),
    sa.PrimaryKeyConstraint('seq', name=op.f('pk_audit_events')),
    sa.UniqueConstraint('hash', name=op.f('uq_audit_events_hash')),
    sa.UniqueConstraint('prev', name=op.f('uq_audit_events_prev'))
    )
    op.create_index(op.f('ix_audit_events_event'), 'audit_events', ['event'], unique=False)
    op.create_index('ix_audit_events_subject_seq', 'audit_events', ['subject', 'seq'], unique=False)
    op.create_table('role_grants',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('user_id', sa.Uuid(), nullable=False),
    sa.Column('role', sa.String(length=30), nullable=False),
    sa.Column('granted_by_id', sa.Uuid(), nullable=True),
    sa.Column('granted_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("role IN ('manufacturer', 'reviewer', 'approver', 'administrator', 'procurement_officer')", name=op.f('ck_role_grants_role')),
    sa.ForeignKeyConstraint(['granted_by_id'], ['users.id'], name=op.f('fk_role_grants_granted_by_id_users')),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_role_grants_user_id_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_role_grants'))
    )
    op.create_index('ix_role_grants_live', 'role_grants', ['user_id', 'role'], unique=True, sqlite_where=sa.text('revoked_at IS NULL'), postgresql_where=sa.text('revoked_at IS NULL'))
    op.create_table('application_products',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('application_id', sa.Uuid(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('name_th', sa.String(length=500), nullable=False),
    sa.Column('name_en', sa.String(length=500), nullable=False),
    sa.Column('hs_code', sa.String(length=11), nullable=True),
    sa.Column('price_ex_works_satang', sa.BigInteger(), nullable=False),
    sa.Column('cost_sheet', sa.Text(), nullable=False),
    sa.Column('cost_sheet_sha256', sa.String(length=64), nullable=False),
    sa.Column('coverage', sa.Text(), nullable=False),
    sa.Column('decision', sa.String(length=20), nullable=True),
    sa.Column('decision_reason', sa.Text(), nullable=False),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('removed_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("decision IS NULL OR decision IN ('certified', 'refused')", name=op.f('ck_application_products_decision')),
    sa.CheckConstraint('(decision IS NULL) = (decided_at IS NULL)', name=op.f('ck_application_products_decided')),
    sa.CheckConstraint('length(cost_sheet_sha256) = 64', name=op.f('ck_application_products_cost_sheet_sha256')),
    sa.CheckConstraint('position BETWEEN 1 AND 200', name=op.f('ck_application_products_position')),
    sa.CheckConstraint('price_ex_works_satang > 0', name=op.f('ck_application_products_price')),
    sa.ForeignKeyConstraint(['application_id'], ['applications.id'], name=op.f('fk_application_products_application_id_applications')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_application_products')),
    sa.UniqueConstraint('id', 'application_id', 'decision', name=op.f('uq_application_products_id_application_id_decision'))
    )
    op.create_index('ix_application_products_live', 'application_products', ['application_id', 'position'], unique=True, sqlite_where=sa.text('removed_at IS NULL'), postgresql_where=sa.text('removed_at IS NULL'))
    op.create_table('approvals',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('application_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('content_digest', sa.String(length=64), nullable=False),
    sa.Column('application_version', sa.Integer(), nullable=False),
    sa.Column('decisions', sa.Text(), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('given_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('voided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('voided_reason', sa.Text(), nullable=True),
    sa.CheckConstraint("kind IN ('recommendation', 'approval')", name=op.f('ck_approvals_kind')),
    sa.CheckConstraint('(voided_at IS NULL) = (voided_reason IS NULL)', name=op.f('ck_approvals_voided')),
    sa.CheckConstraint('length(content_digest) = 64', name=op.f('ck_approvals_content_digest')),
    sa.ForeignKeyConstraint(['application_id'], ['applications.id'], name=op.f('fk_approvals_application_id_applications')),
    sa.ForeignKeyConstraint(['person_id'], ['users.id'], name=op.f('fk_approvals_person_id_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_approvals'))
    )
    op.create_index('ix_approvals_live_kind', 'approvals', ['application_id', 'kind'], unique=True, sqlite_where=sa.text('voided_at IS NULL'), postgresql_where=sa.text('voided_at IS NULL'))
    op.create_index('ix_approvals_live_person', 'approvals', ['application_id', 'person_id'], unique=True, sqlite_where=sa.text('voided_at IS NULL'), postgresql_where=sa.text('voided_at IS NULL'))
    op.create_table('certificates',
    sa.Column('number', sa.String(length=20), nullable=False),
    sa.Column('application_id', sa.Uuid(), nullable=False),
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('year_be', sa.Integer(), nullable=False),
    sa.Column('running', sa.Integer(), nullable=False),
    sa.Column('content_digest', sa.String(length=64), nullable=False),
    sa.Column('profile_version', sa.String(length=60), nullable=False),
    sa.Column('claims', sa.Text(), nullable=False),
    sa.Column('tbs', sa.LargeBinary(), nullable=False),
    sa.Column('tbs_sha256', sa.String(length=64), nullable=False),
    sa.Column('kid', sa.Integer(), nullable=False),
    sa.Column('sample', sa.Boolean(), nullable=False),
    sa.Column('list_number', sa.Integer(), nullable=False),
    sa.Column('slot_index', sa.Integer(), nullable=False),
    sa.Column('holder_name_th', sa.String(length=300), nullable=False),
    sa.Column('holder_name_en', sa.String(length=300), nullable=False),
    sa.Column('holder_juristic_number', sa.String(length=13), nullable=True),
    sa.Column('issued_on', sa.Date(), nullable=False),
    sa.Column('expires_on', sa.Date(), nullable=False),
    sa.Column('supersedes', sa.String(length=20), nullable=True),
    sa.Column('prepared_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('qr_tbs', sa.LargeBinary(), nullable=True),
    sa.Column('credential', sa.Text(), nullable=True),
    sa.Column('credential_sha256', sa.String(length=64), nullable=True),
    sa.Column('qr_text', sa.Text(), nullable=True),
    sa.Column('signed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('pdf_sha256', sa.String(length=64), nullable=True),
    sa.Column('issued_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('status', sa.String(length=20), nullable=False),
    sa.Column('status_since_on', sa.Date(), nullable=False),
    sa.Column('superseded_by', sa.String(length=20), nullable=True),
    sa.CheckConstraint("(state = 'active') = (issued_at IS NOT NULL)", name=op.f('ck_certificates_issued')),
    sa.CheckConstraint("(status = 'superseded') = (superseded_by IS NOT NULL)", name=op.f('ck_certificates_superseded')),
    sa.CheckConstraint("holder_juristic_number IS NULL OR (length(holder_juristic_number) = 13 AND holder_juristic_number NOT BETWEEN '1' AND '8999999999999')", name=op.f('ck_certificates_no_citizen_number')),
    sa.CheckConstraint("pdf_sha256 IS NULL OR state = 'active'", name=op.f('ck_certificates_printed')),
    sa.CheckConstraint("state = 'prepared' OR signed_at IS NOT NULL", name=op.f('ck_certificates_active_is_signed')),
    sa.CheckConstraint("state IN ('prepared', 'active')", name=op.f('ck_certificates_state')),
    sa.CheckConstraint("status IN ('active', 'suspended', 'revoked', 'superseded', 'withdrawn')", name=op.f('ck_certificates_status')),
    sa.CheckConstraint('(signed_at IS NULL) = (credential IS NULL) AND (signed_at IS NULL) = (credential_sha256 IS NULL) AND (signed_at IS NULL) = (qr_text IS NULL)', name=op.f('ck_certificates_signed')),
    sa.CheckConstraint('expires_on > issued_on', name=op.f('ck_certificates_validity')),
    sa.CheckConstraint('length(tbs_sha256) = 64 AND length(content_digest) = 64 AND (credential_sha256 IS NULL OR length(credential_sha256) = 64)', name=op.f('ck_certificates_hashes')),
    sa.CheckConstraint('status_since_on >= issued_on', name=op.f('ck_certificates_status_since')),
    sa.CheckConstraint('supersedes <> number AND superseded_by <> number', name=op.f('ck_certificates_not_itself')),
    sa.CheckConstraint('year_be BETWEEN 2500 AND 2999 AND running BETWEEN 1 AND 9999999', name=op.f('ck_certificates_running')),
    sa.ForeignKeyConstraint(['application_id'], ['applications.id'], name=op.f('fk_certificates_application_id_applications')),
    sa.ForeignKeyConstraint(['kid'], ['signing_keys.kid'], name=op.f('fk_certificates_kid_signing_keys')),
    sa.ForeignKeyConstraint(['list_number', 'slot_index'], ['status_slots.list_number', 'status_slots.slot_index'], name=op.f('fk_certificates_list_number_slot_index_status_slots')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_certificates_organisation_id_organisations')),
    sa.ForeignKeyConstraint(['pdf_sha256'], ['documents.sha256'], name=op.f('fk_certificates_pdf_sha256_documents')),
    sa.ForeignKeyConstraint(['superseded_by'], ['certificates.number'], name=op.f('fk_certificates_superseded_by_certificates')),
    sa.ForeignKeyConstraint(['supersedes'], ['certificates.number'], name=op.f('fk_certificates_supersedes_certificates')),
    sa.PrimaryKeyConstraint('number', name=op.f('pk_certificates')),
    sa.UniqueConstraint('application_id', name=op.f('uq_certificates_application_id')),
    sa.UniqueConstraint('credential_sha256', name=op.f('uq_certificates_credential_sha256')),
    sa.UniqueConstraint('list_number', 'slot_index', name=op.f('uq_certificates_list_number_slot_index')),
    sa.UniqueConstraint('number', 'application_id', name=op.f('uq_certificates_number_application_id')),
    sa.UniqueConstraint('pdf_sha256', name=op.f('uq_certificates_pdf_sha256')),
    sa.UniqueConstraint('superseded_by', name=op.f('uq_certificates_superseded_by')),
    sa.UniqueConstraint('supersedes', name=op.f('uq_certificates_supersedes')),
    sa.UniqueConstraint('tbs_sha256', name=op.f('uq_certificates_tbs_sha256')),
    sa.UniqueConstraint('year_be', 'running', name=op.f('uq_certificates_year_be_running'))
    )
    op.create_index(op.f('ix_certificates_expires_on'), 'certificates', ['expires_on'], unique=False)
    op.create_index(op.f('ix_certificates_holder_juristic_number'), 'certificates', ['holder_juristic_number'], unique=False)
    op.create_index(op.f('ix_certificates_holder_name_th'), 'certificates', ['holder_name_th'], unique=False)
    op.create_index(op.f('ix_certificates_organisation_id'), 'certificates', ['organisation_id'], unique=False)
    op.create_table('assessments',
    sa.Column('seq', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('application_product_id', sa.Uuid(), nullable=False),
    sa.Column('rule_set_id', sa.String(length=60), nullable=False),
    sa.Column('rule_set_sha256', sa.String(length=64), nullable=False),
    sa.Column('input_sha256', sa.String(length=64), nullable=False),
    sa.Column('engine_version', sa.String(length=40), nullable=False),
    sa.Column('meets', sa.Boolean(), nullable=False),
    sa.Column('deciding_formula', sa.String(length=20), nullable=True),
    sa.Column('document', sa.Text(), nullable=False),
    sa.Column('document_sha256', sa.String(length=64), nullable=False),
    sa.Column('assessed_on', sa.Date(), nullable=False),
    sa.Column('assessed_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('length(input_sha256) = 64 AND length(rule_set_sha256) = 64', name=op.f('ck_assessments_hashes')),
    sa.CheckConstraint('meets = (deciding_formula IS NOT NULL)', name=op.f('ck_assessments_deciding_formula')),
    sa.ForeignKeyConstraint(['application_product_id'], ['application_products.id'], name=op.f('fk_assessments_application_product_id_application_products')),
    sa.PrimaryKeyConstraint('seq', name=op.f('pk_assessments')),
    sa.UniqueConstraint('seq', 'application_product_id', 'meets', name=op.f('uq_assessments_seq_application_product_id_meets'))
    )
    op.create_index(op.f('ix_assessments_application_product_id'), 'assessments', ['application_product_id'], unique=False)
    op.create_table('certificate_events',
    sa.Column('seq', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('certificate_number', sa.String(length=20), nullable=False),
    sa.Column('event', sa.String(length=20), nullable=False),
    sa.Column('status', sa.String(length=20), nullable=False),
    sa.Column('effective_on', sa.Date(), nullable=False),
    sa.Column('reason', sa.String(length=40), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('actor_id', sa.Uuid(), nullable=True),
    sa.Column('profile_version', sa.String(length=60), nullable=False),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("event IN ('issued', 'suspended', 'reinstated', 'revoked', 'superseded', 'withdrawn')", name=op.f('ck_certificate_events_event')),
    sa.CheckConstraint("status IN ('active', 'suspended', 'revoked', 'superseded', 'withdrawn')", name=op.f('ck_certificate_events_status')),
    sa.ForeignKeyConstraint(['actor_id'], ['users.id'], name=op.f('fk_certificate_events_actor_id_users')),
    sa.ForeignKeyConstraint(['certificate_number'], ['certificates.number'], name=op.f('fk_certificate_events_certificate_number_certificates')),
    sa.PrimaryKeyConstraint('seq', name=op.f('pk_certificate_events'))
    )
    op.create_index('ix_certificate_events_number', 'certificate_events', ['certificate_number', 'seq'], unique=False)
    op.create_table('log_leaves',
    sa.Column('seq', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('certificate_number', sa.String(length=20), nullable=False),
    sa.Column('event', sa.String(length=20), nullable=False),
    sa.Column('entry', sa.Text(), nullable=False),
    sa.Column('salt', sa.LargeBinary(), nullable=False),
    sa.Column('leaf_hash', sa.String(length=64), nullable=False),
    sa.Column('profile_version', sa.String(length=60), nullable=False),
    sa.Column('written_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('log_index', sa.BigInteger(), nullable=True),
    sa.CheckConstraint('length(leaf_hash) = 64', name=op.f('ck_log_leaves_leaf_hash')),
    sa.CheckConstraint('length(salt) >= 16', name=op.f('ck_log_leaves_salt')),
    sa.CheckConstraint('log_index >= 0', name=op.f('ck_log_leaves_log_index')),
    sa.ForeignKeyConstraint(['certificate_number'], ['certificates.number'], name=op.f('fk_log_leaves_certificate_number_certificates')),
    sa.PrimaryKeyConstraint('seq', name=op.f('pk_log_leaves')),
    sa.UniqueConstraint('leaf_hash', name=op.f('uq_log_leaves_leaf_hash')),
    sa.UniqueConstraint('log_index', name=op.f('uq_log_leaves_log_index'))
    )
    op.create_index(op.f('ix_log_leaves_certificate_number'), 'log_leaves', ['certificate_number'], unique=False)
    op.create_table('certificate_products',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('certificate_number', sa.String(length=20), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('application_id', sa.Uuid(), nullable=False),
    sa.Column('application_product_id', sa.Uuid(), nullable=False),
    sa.Column('assessment_seq', sa.BigInteger(), nullable=False),
    sa.Column('assessment_meets', sa.Boolean(), nullable=False),
    sa.Column('decision', sa.String(length=20), nullable=False),
    sa.Column('name_th', sa.String(length=500), nullable=False),
    sa.Column('name_en', sa.String(length=500), nullable=False),
    sa.Column('brand', sa.String(length=200), nullable=False),
    sa.Column('hs_code', sa.String(length=11), nullable=True),
    sa.Column('coverage', sa.Text(), nullable=False),
    sa.Column('formula', sa.String(length=20), nullable=False),
    sa.Column('rule_set_id', sa.String(length=60), nullable=False),
    sa.Column('rule_set_sha256', sa.String(length=64), nullable=False),
    sa.Column('threshold', sa.String(length=10), nullable=False),
    sa.CheckConstraint("decision = 'certified'", name=op.f('ck_certificate_products_decision')),
    sa.CheckConstraint("formula IN ('direct', 'build_down', 'tariff_shift')", name=op.f('ck_certificate_products_formula')),
    sa.CheckConstraint('assessment_meets', name=op.f('ck_certificate_products_assessment_meets')),
    sa.CheckConstraint('position BETWEEN 1 AND 200', name=op.f('ck_certificate_products_position')),
    sa.ForeignKeyConstraint(['application_product_id', 'application_id', 'decision'], ['application_products.id', 'application_products.application_id', 'application_products.decision'], name=op.f('fk_certificate_products_application_product_id_application_id_decision_application_products')),
    sa.ForeignKeyConstraint(['assessment_seq', 'application_product_id', 'assessment_meets'], ['assessments.seq', 'assessments.application_product_id', 'assessments.meets'], name=op.f('fk_certificate_products_assessment_seq_application_product_id_assessment_meets_assessments')),
    sa.ForeignKeyConstraint(['certificate_number', 'application_id'], ['certificates.number', 'certificates.application_id'], name=op.f('fk_certificate_products_certificate_number_application_id_certificates')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_certificate_products')),
    sa.UniqueConstraint('application_product_id', name=op.f('uq_certificate_products_application_product_id')),
    sa.UniqueConstraint('assessment_seq', name=op.f('uq_certificate_products_assessment_seq')),
    sa.UniqueConstraint('certificate_number', 'position', name=op.f('uq_certificate_products_certificate_number_position'))
    )


def downgrade() -> None:
    """Go back."""
    op.drop_table('certificate_products')
    op.drop_index(op.f('ix_log_leaves_certificate_number'), table_name='log_leaves')
    op.drop_table('log_leaves')
    op.drop_index('ix_certificate_events_number', table_name='certificate_events')
    op.drop_table('certificate_events')
    op.drop_index(op.f('ix_assessments_application_product_id'), table_name='assessments')
    op.drop_table('assessments')
    op.drop_index(op.f('ix_certificates_organisation_id'), table_name='certificates')
    op.drop_index(op.f('ix_certificates_holder_name_th'), table_name='certificates')
    op.drop_index(op.f('ix_certificates_holder_juristic_number'), table_name='certificates')
    op.drop_index(op.f('ix_certificates_expires_on'), table_name='certificates')
    op.drop_table('certificates')
    op.drop_index('ix_approvals_live_person', table_name='approvals', sqlite_where=sa.text('voided_at IS NULL'), postgresql_where=sa.text('voided_at IS NULL'))
    op.drop_index('ix_approvals_live_kind', table_name='approvals', sqlite_where=sa.text('voided_at IS NULL'), postgresql_where=sa.text('voided_at IS NULL'))
    op.drop_table('approvals')
    op.drop_index('ix_application_products_live', table_name='application_products', sqlite_where=sa.text('removed_at IS NULL'), postgresql_where=sa.text('removed_at IS NULL'))
    op.drop_table('application_products')
    op.drop_index('ix_role_grants_live', table_name='role_grants', sqlite_where=sa.text('revoked_at IS NULL'), postgresql_where=sa.text('revoked_at IS NULL'))
    op.drop_table('role_grants')
    op.drop_index('ix_audit_events_subject_seq', table_name='audit_events')
    op.drop_index(op.f('ix_audit_events_event'), table_name='audit_events')
    op.drop_table('audit_events')
    op.drop_index(op.f('ix_applications_state'), table_name='applications')
    op.drop_index(op.f('ix_applications_organisation_id'), table_name='applications')
    op.drop_table('applications')
    op.drop_index(op.f('ix_affiliations_organisation_id'), table_name='affiliations')
    op.drop_index('ix_affiliations_live', table_name='affiliations', sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))
    op.drop_table('affiliations')
    op.drop_index(op.f('ix_users_organisation_id'), table_name='users')
    op.drop_table('users')
    op.drop_table('status_slots')
    op.drop_table('signing_keys')
    op.drop_table('published')
    op.drop_table('organisations')
    op.drop_index('ix_jobs_waiting', table_name='jobs', sqlite_where=sa.text("state = 'waiting'"), postgresql_where=sa.text("state = 'waiting'"))
    op.drop_table('jobs')
    op.drop_table('documents')
    op.drop_table('counters')
    op.drop_table('audit_head')
