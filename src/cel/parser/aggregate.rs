//! Lists, maps and messages.

use super::grammar::{Parser, Part, place};
use super::token::{Kind, Token};
use ::cel::common::ast::{
    EntryExpr, Expr, IdedEntryExpr, ListExpr, MapEntryExpr, StructExpr, StructFieldExpr,
};

impl Parser<'_> {
    pub(super) fn message(&mut self, first: Token, length: usize) -> Part {
        let mut type_name = if first.kind == Kind::Identifier { String::new() } else { ".".to_owned() };
        for _ in 0..length {
            let token = self.bump();
            type_name.push_str(self.slice(token));
        }
        let brace = self.bump();
        let mut entries = Vec::new();
        let mut depth = 0;
        // `A{,}` is a message, as the grammar has it.
        if self.is(",") && self.peek(1) == Kind::Symbol("}") {
            self.bump();
        }
        while !self.is("}") && self.token().kind != Kind::End {
            let optional = self.eat("?").is_some();
            let token = self.token();
            if !matches!(token.kind, Kind::Identifier | Kind::Escaped) {
                self.expected("a field's name");
                break;
            }
            self.bump();
            let field = self.slice(token).trim_matches('`').to_owned();
            self.colon();
            let id = self.nodes.id(place(token.start, token.end, token));
            let value = self.expression();
            depth = depth.max(value.depth);
            let expr = EntryExpr::StructField(StructFieldExpr { field, value: value.expr, optional });
            entries.push(IdedEntryExpr { id, expr });
            if self.eat(",").is_none() {
                break;
            }
        }
        self.close("}", brace);
        let expr = Expr::Struct(StructExpr { type_name, entries });
        self.part(expr, first.start, self.last_end(), brace, depth + 1)
    }

    fn colon(&mut self) {
        if self.eat(":").is_none() {
            self.expected("`:`");
        }
    }

    pub(super) fn list(&mut self) -> Part {
        let open = self.bump();
        let mut elements = Vec::new();
        let mut optional_indices = Vec::new();
        let mut depth = 0;
        // `[,]` is a list, as the grammar has it.
        if !(self.is(",") && self.peek(1) == Kind::Symbol("]")) {
            while !self.is("]") && self.token().kind != Kind::End {
                if self.eat("?").is_some() {
                    optional_indices.push(elements.len());
                }
                let element = self.expression();
                depth = depth.max(element.depth);
                elements.push(element.expr);
                if !self.is(",") || self.peek(1) == Kind::Symbol("]") {
                    break;
                }
                self.bump();
            }
        }
        self.eat(",");
        self.close("]", open);
        let list = ListExpr::new_with_optionals(elements, optional_indices);
        self.part(Expr::List(list), open.start, self.last_end(), open, depth + 1)
    }

    pub(super) fn map_entries(&mut self, open: Token) -> (Vec<IdedEntryExpr>, u16) {
        let mut entries = Vec::new();
        let mut depth = 0;
        if !(self.is(",") && self.peek(1) == Kind::Symbol("}")) {
            while !self.is("}") && self.token().kind != Kind::End {
                let optional = self.eat("?").is_some();
                let key = self.expression();
                let colon = self.token();
                self.colon();
                let id = self.nodes.id(place(key.start, colon.end, colon));
                let value = self.expression();
                depth = depth.max(key.depth).max(value.depth);
                let entry = MapEntryExpr { key: key.expr, value: value.expr, optional };
                entries.push(IdedEntryExpr { id, expr: EntryExpr::MapEntry(entry) });
                if !self.is(",") || self.peek(1) == Kind::Symbol("}") {
                    break;
                }
                self.bump();
            }
        }
        self.eat(",");
        self.close("}", open);
        (entries, depth + 1)
    }
}
