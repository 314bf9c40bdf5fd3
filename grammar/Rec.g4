// The grammar of the `.rec` language.
//
// Lexing never fails: what is no token of the language becomes one of the last rules (BAD_NUMBER, FOREIGN, UNKNOWN, ...), for
// which compiler/syntax has messages. Words of the second list below are keywords only where a rule asks for them: `name` takes
// them too. Three things are settled on the tokens, before this grammar sees them: after `.` and `as` and before `:` any word
// is an ID; `random` and `column` right after `at` are keywords; ERROR stands for tokens in which an error was reported.
grammar Rec;

module : declaration* EOF ;
loneExpr : expr EOF ;

declaration : importDecl | paramDecl | fnDecl | pipelineDecl | testDecl | ERROR ;

importDecl : IMPORT STRING ;
paramDecl : PARAM name ':' type '=' expr (WITHIN additive '..' additive)? ;
fnDecl : FN name '(' (fnParameter (',' fnParameter)* ','?)? ')' '=' expr ;
fnParameter : name ':' type ;
pipelineDecl : PIPELINE name '(' pipelineInput ',' pipelineInput ','? ')' block ;
pipelineInput : name ':' name ;

type : typeBase '?'? ;
typeBase
  : ENUM '{' name (',' name)* ','? '}'
  | '[' type ']'
  | name ('(' (INT | name) ')')?
  ;

// ---- steps ----

block : '{' step* '}' ;
step
  : DEADLINE additive (ELSE name)?                               # deadlineStep
  | ELIGIBLE expr                                                # eligibleStep
  | RECALL '{' channel* '}'                                      # recallStep
  | MERGE name ('(' (mergeArgument (',' mergeArgument)* ','?)? ')')?   # mergeStep
  | WHERE expr                                                   # whereStep
  | LET name '=' expr                                            # letStep
  | SCORE name '=' name arguments?                               # scoreStep
  | TOP additive BY ordering                                     # topStep
  | SORT BY ordering                                             # sortStep
  | TAKE additive (PER expr)?                                    # takeStep
  | SAMPLE additive BY expr (TEMPERATURE additive)?              # sampleStep
  | WHEN expr block (ELSE WHEN expr block)* (ELSE block)?        # whenStep
  | RERANK operatorRef TAKE additive (AFTER expr)? ('{' ruleLine* '}')?   # rerankStep
  | INSERT operatorRef sourceOption* place* insertLimit*         # insertStep
  | BACKFILL TO additive                                         # backfillStep
  | EMIT emitItem (',' emitItem)*                                # emitStep
  | ERROR                                                        # errorStep
  ;

ordering : expr ASC? ;
operatorRef : name arguments? ;
emitItem : expr (AS name)? ;
mergeArgument : name ':' additive ('..' additive)? ;

channel : name '=' operatorRef channelOption* | ERROR ;
channelOption : sourceOption | ELSE name | REQUIRED ;
sourceOption : WHERE expr | BY ordering | TAKE additive | TIMEOUT additive | WHEN expr ;
insertLimit : MOST additive | APART additive ;
place
  : AT AT_RANDOM additive '..' additive
  | AT AT_COLUMN name
  | AT additive (',' additive)*
  | EVERY additive FROM additive
  ;

ruleLine : MUST? AT (MOST | LEAST) additive IN ruleScope ruleOption* | ERROR ;
ruleScope : A ROW | ANY additive | FIRST additive ;
ruleOption : WHERE expr | BY expr ;

// ---- tests ----

testDecl : TEST STRING '{' testLine* '}' ;
testLine
  : GIVEN name (record | '[' (record (',' record)* ','?)? ']')
  | WITH name (record | '=' expr)
  | RUN name
  | EXPECT expectation
  | ERROR
  ;
expectation : AT additive ':' expr | ORDERED BY ordering | ERROR_WORD STRING | expr (AT additive)? ;
record : '{' (recordField (',' recordField)* ','?)? '}' ;
recordField : name ':' expr ;

// ---- expressions, loosest first ----

expr : IF expr THEN expr ELSE expr | disjunction ;
disjunction : conjunction (OR conjunction)* ;
conjunction : negation (AND negation)* ;
negation : NOT negation | comparison ;
comparison : additive comparisonTail* ;
comparisonTail
  : (EQ | NE | LT | LE | GT | GE) additive
  | NOT? IN additive ('..' additive)?
  | IS NOT? NONE
  ;
additive : multiplicative (('+' | '-') multiplicative)* ;
multiplicative : coalesce (('*' | '/' | '%') coalesce)* ;
coalesce : unary ('??' unary)* ;
unary : '-' unary | power ;
power : postfix ('**' unary)? ;
postfix : primary trailer* ;
trailer : '.' name | arguments | '[' expr ']' ;
primary
  : INT | FLOAT | DURATION | STRING | TRUE | FALSE | NONE
  | name
  | '(' expr ')'
  | '[' (expr (',' expr)* ','?)? ']'
  ;
arguments : '(' (argument (',' argument)* ','?)? ')' ;
argument : (name ':')? (lambda | expr) ;
lambda : name '=>' expr ;

name
  : ID | A | AFTER | ANY | APART | AS | ASC | AT | BY | ENUM | ERROR_WORD | EVERY | EXPECT | FIRST | FROM | GIVEN | LEAST | MOST
  | MUST | ORDERED | PER | REQUIRED | ROW | RUN | TEMPERATURE | TIMEOUT | TO | WITH | WITHIN
  ;

// ---- words: reserved ----

IMPORT : 'import' ;     PARAM : 'param' ;     FN : 'fn' ;           PIPELINE : 'pipeline' ;   TEST : 'test' ;
LET : 'let' ;           WHERE : 'where' ;     RECALL : 'recall' ;   MERGE : 'merge' ;         SCORE : 'score' ;
TOP : 'top' ;           TAKE : 'take' ;       SORT : 'sort' ;       SAMPLE : 'sample' ;       WHEN : 'when' ;
ELSE : 'else' ;         RERANK : 'rerank' ;   INSERT : 'insert' ;   BACKFILL : 'backfill' ;   EMIT : 'emit' ;
ELIGIBLE : 'eligible' ; DEADLINE : 'deadline' ;
IF : 'if' ;             THEN : 'then' ;       AND : 'and' ;         OR : 'or' ;               NOT : 'not' ;
IN : 'in' ;             IS : 'is' ;           NONE : 'none' ;       TRUE : 'true' ;           FALSE : 'false' ;

// ---- words: keywords in their place, else names ----

A : 'a' ;               AFTER : 'after' ;     ANY : 'any' ;         APART : 'apart' ;         AS : 'as' ;
ASC : 'asc' ;           AT : 'at' ;           BY : 'by' ;           ENUM : 'enum' ;           ERROR_WORD : 'error' ;
EVERY : 'every' ;       EXPECT : 'expect' ;   FIRST : 'first' ;     FROM : 'from' ;           GIVEN : 'given' ;
LEAST : 'least' ;       MOST : 'most' ;       MUST : 'must' ;       ORDERED : 'ordered' ;     PER : 'per' ;
REQUIRED : 'required' ; ROW : 'row' ;         RUN : 'run' ;         TEMPERATURE : 'temperature' ;
TIMEOUT : 'timeout' ;   TO : 'to' ;           WITH : 'with' ;       WITHIN : 'within' ;

ID : [A-Za-z_] [A-Za-z0-9_]* ;

// ---- literals ----

INT : DIGITS ;
FLOAT : DIGITS '.' DIGITS EXPONENT? | DIGITS EXPONENT ;
DURATION : DIGITS ('.' DIGITS)? ('us' | 'ms' | 's' | 'm' | 'h' | 'd') ;
BAD_NUMBER : [0-9] ([0-9A-Za-z_] | '.' [0-9])* ;
fragment DIGITS : [0-9] ('_'? [0-9])* ;
fragment EXPONENT : [eE] [+-]? DIGITS ;

STRING : '"' (~["\\\r\n] | '\\' ~[\r\n])* '"' ;
BAD_STRING : '"' (~["\\\r\n] | '\\' ~[\r\n])* '\\'? ;
QUOTED : '\'' ~['\r\n]* '\'' ;

// ---- signs ----

EQ : '==' ;  NE : '!=' ;  LE : '<=' ;  GE : '>=' ;  LT : '<' ;  GT : '>' ;
POWER : '**' ;  COALESCE : '??' ;  RANGE : '..' ;  ARROW : '=>' ;
PLUS : '+' ;  MINUS : '-' ;  STAR : '*' ;  SLASH : '/' ;  PERCENT : '%' ;
ASSIGN : '=' ;  COMMA : ',' ;  COLON : ':' ;  DOT : '.' ;  QUESTION : '?' ;
OPEN_PAREN : '(' ;  CLOSE_PAREN : ')' ;  OPEN_BRACKET : '[' ;  CLOSE_BRACKET : ']' ;  OPEN_BRACE : '{' ;  CLOSE_BRACE : '}' ;

// ---- what other languages write ----

FOREIGN : '===' | '!==' | '<>' | '&&' | '||' | '!' | '^' | '&' | '|' | '~' | ':=' | '->' | '...' | ';' | '+=' | '-=' | '*=' | '++' ;

// ---- space and comments ----

SPACE : [ \t\r\n]+ -> skip ;
DOC : '///' (~[/\r\n] ~[\r\n]*)? ;
COMMENT : ('//' ~[\r\n]* | '/*' .*? '*/') -> skip ;
BAD_COMMENT : '/*' ;
UNKNOWN : . ;

// ---- never lexed: made from other tokens ----

ERROR : '\u0000error' ;
AT_RANDOM : '\u0000random' ;
AT_COLUMN : '\u0000column' ;
