export declare function aliasesOf(root: string): Record<string, string>
export declare const alias: Record<string, string>
