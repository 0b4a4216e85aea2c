/**
 * The ledger's tables, and the one way to write them. Appending is a function of the database, so that it costs no
 * round trip of its own, stands in the transaction of whatever it retells, and holds the chain's lock for as long as
 * that takes and no longer. Its hash is that of audit/chain.ts; a test holds the two together.
 */
export const LEDGER_SCHEMA = `
  create table ledger (
    installation integer not null,
    sequence bigint not null,
    at text not null,
    repository bigint,
    thread integer,
    run text,
    actor text,
    kind text not null,
    detail_digest text,
    body text not null,
    hash text not null,
    primary key (installation, sequence)
  );
  create index ledger_of_thread on ledger (repository, thread, sequence);
  create index ledger_of_run on ledger (run, sequence);
  create index ledger_of_kind on ledger (installation, kind, sequence);
  create index ledger_of_time on ledger (installation, at);
  create index ledger_of_actor on ledger (actor, sequence) where actor is not null;
  create table ledger_details (
    installation integer not null,
    sequence bigint not null,
    salt text not null,
    detail text not null,
    primary key (installation, sequence)
  );
  -- The last row of each chain; and the last of those that have expired, from which what is left goes on.
  create table ledger_heads (
    installation integer primary key,
    sequence bigint not null default 0,
    hash text not null default repeat('0', 64),
    expired bigint not null default 0,
    expired_hash text not null default repeat('0', 64)
  );
  -- Finds a person's pseudonym. Who it is stands in the detail of the row that is named.
  create table ledger_people (
    installation integer not null,
    account bigint not null,
    pseudonym text not null,
    sequence bigint not null,
    primary key (installation, account)
  );
  -- What a repository's config said last: to see that it is another, and for how long to keep what.
  create table ledger_repositories (
    installation integer not null,
    repository bigint not null,
    config text,
    retention_days integer not null,
    prompt_days integer not null,
    primary key (installation, repository)
  );

  create function ledger_row(
    p_installation integer, p_sequence bigint, p_before text, p_at text, p_repository bigint, p_thread integer,
    p_run text, p_actor text, p_kind text, p_body text, p_detail text
  ) returns text language plpgsql as $$
  declare
    v_salt text := replace(gen_random_uuid()::text, '-', '');
    v_digest text;
    v_hash text;
  begin
    if p_detail is not null then
      v_digest := encode(sha256(convert_to(v_salt || E'\\n' || p_detail, 'UTF8')), 'hex');
      insert into ledger_details (installation, sequence, salt, detail)
        values (p_installation, p_sequence, v_salt, p_detail);
    end if;
    v_hash := encode(sha256(convert_to(concat_ws(E'\\n', p_before, p_installation::text, p_sequence::text, p_at,
      coalesce(p_repository::text, '-'), coalesce(p_thread::text, '-'), coalesce(p_run, '-'), coalesce(p_actor, '-'),
      p_kind, coalesce(v_digest, '-'), p_body), 'UTF8')), 'hex');
    insert into ledger (installation, sequence, at, repository, thread, run, actor, kind, detail_digest, body, hash)
      values (p_installation, p_sequence, p_at, p_repository, p_thread, p_run, p_actor, p_kind, v_digest, p_body, v_hash);
    return v_hash;
  end $$;

  -- Appends events, in order, and gives the new head. Lists run in parallel; an account of null: nobody's doing.
  create function ledger_append(
    p_installation integer, p_repository bigint, p_thread integer, p_run text, p_kinds text[], p_ats text[],
    p_accounts bigint[], p_people text[], p_bodies text[], p_details text[]
  ) returns bigint language plpgsql as $$
  declare
    v_head ledger_heads;
    v_actor text;
    v_known text;
  begin
    select * into v_head from ledger_heads where installation = p_installation for update;
    if not found then
      insert into ledger_heads (installation) values (p_installation) on conflict do nothing;
      select * into v_head from ledger_heads where installation = p_installation for update;
    end if;
    for i in 1 .. cardinality(p_kinds) loop
      v_actor := null;
      if p_accounts[i] is not null then
        select pseudonym, detail into v_actor, v_known
          from ledger_people p left join ledger_details d using (installation, sequence)
          where p.installation = p_installation and p.account = p_accounts[i];
        if v_actor is null or v_known is distinct from p_people[i] then
          v_actor := coalesce(v_actor, replace(gen_random_uuid()::text, '-', ''));
          v_head.sequence := v_head.sequence + 1;
          v_head.hash := ledger_row(p_installation, v_head.sequence, v_head.hash, p_ats[i], null, null, null,
            v_actor, 'person_known', '{}', p_people[i]);
          insert into ledger_people (installation, account, pseudonym, sequence)
            values (p_installation, p_accounts[i], v_actor, v_head.sequence)
            on conflict (installation, account) do update set sequence = excluded.sequence;
        end if;
      end if;
      v_head.sequence := v_head.sequence + 1;
      v_head.hash := ledger_row(p_installation, v_head.sequence, v_head.hash, p_ats[i], p_repository, p_thread, p_run,
        v_actor, p_kinds[i], p_bodies[i], p_details[i]);
    end loop;
    update ledger_heads set sequence = v_head.sequence, hash = v_head.hash where installation = p_installation;
    return v_head.sequence;
  end $$;
`;
